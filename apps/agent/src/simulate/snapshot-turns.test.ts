import { SeededRandom } from './seeded-random';
import { SnapshotTurns } from './snapshot-turns';

const VENDORS = 600;
const turnsOf = (at: number) => new SnapshotTurns(new SeededRandom(`turns/${at}`).next, 0);

it('spreads the turns that came while the hub was away over the minute after its return', () => {
  const all = Array.from({ length: VENDORS }, (_, at) => turnsOf(at));
  for (const turns of all) turns.wasAway(45_000);
  const bySecond = Array.from({ length: 60 }, (_, second) => all.filter((turns) => turns.take(45_000 + second * 1_000)).length);
  expect(bySecond.reduce((sum, taken) => sum + taken, 0)).toBeGreaterThan(VENDORS * 0.95);
  expect(Math.max(...bySecond)).toBeLessThan((VENDORS / 60) * 3);
});

it('takes a turn a minute, and does not put off what is not due', () => {
  const turns = turnsOf(1);
  const taken: number[] = [];
  for (let now = 0; now < 300_000; now += 1_000) {
    if (turns.take(now)) taken.push(now);
    turns.wasAway(now);
  }
  expect(taken.slice(1).map((at, n) => at - (taken[n] ?? 0))).toEqual([60_000, 60_000, 60_000, 60_000]);
});

it('waits with nothing once it settles, whether the hub is away or not', () => {
  const turns = turnsOf(1);
  turns.settle();
  turns.wasAway(1_000);
  expect(turns.take(1_000)).toBe(true);
  expect([turns.take(5_999), turns.take(6_000)]).toEqual([false, true]);
});
