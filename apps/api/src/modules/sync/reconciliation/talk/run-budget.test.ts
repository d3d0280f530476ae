import { OverBudget } from './end-of-run';
import { RunBudget } from './run-budget';

it.each([
  ['calls', { calls: 2, bytes: 100, ms: 100 }],
  ['bytes', { calls: 100, bytes: 20, ms: 100 }],
  ['time', { calls: 100, bytes: 100, ms: 20 }],
])('ends a run that has had its %s', (_, limits) => {
  let now = 0;
  const budget = new RunBudget(limits, () => now);
  for (let n = 0; n < 2; n++) {
    budget.takeCall();
    budget.bytes += 10;
    now += 10;
  }
  expect(() => budget.takeCall()).toThrow(OverBudget);
});
