import { readBreaker } from './read-breaker';

const NOW = 1_000_000;
const OLDEST = NOW - 200;
const read = (fields: Record<string, string>) => readBreaker(fields, NOW, OLDEST);

it('a breaker that is not there is closed', () =>
  expect(read({})).toEqual({ state: 'closed', openUntil: null, failures: 0, calls: 0, trialUntil: null }));

it('counts what is in the window', () =>
  expect(read({ [`c${OLDEST}`]: '9', [`f${OLDEST}`]: '9', [`c${OLDEST + 1}`]: '4', [`c${NOW}`]: '2', [`f${NOW}`]: '1' })).toMatchObject({
    state: 'closed',
    failures: 1,
    calls: 6,
  }));

it.each([
  ['open until its time is over', { open_until: NOW + 1 }, 'open', null],
  ['half open when it is', { open_until: NOW }, 'half_open', null],
  ['half open while a call tries', { open_until: NOW - 9, trial: 'x', trial_until: NOW + 5, half_open: 1 }, 'half_open', NOW + 5],
  ['half open when the call that tried has not come back', { open_until: NOW - 9, trial: 'x', trial_until: NOW }, 'half_open', null],
])('is %s', (_what, fields, state, trialUntil) => {
  const found = read(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])));
  expect(found.state).toBe(state);
  expect(found.openUntil?.getTime()).toBe(fields.open_until);
  expect(found.trialUntil?.getTime() ?? null).toBe(trialUntil);
});
