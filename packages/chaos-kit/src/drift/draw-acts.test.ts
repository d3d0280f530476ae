import { drawActs, stableRows, type DriftAct } from './draw-acts';

const options = { acts: 130, rows: 100, withinMs: 10_000, longestMs: 3_000 };
const rowsOf = (act: DriftAct): number[] => ('rows' in act ? act.rows : []);

it('draws the same for the same seed, and something else for another', () => {
  expect(drawActs('s-1', options)).toEqual(drawActs('s-1', options));
  expect(drawActs('s-1', options)).not.toEqual(drawActs('s-2', options));
});

it('draws everything that can happen, in the order of time, and keeps to its bounds', () => {
  const acts = drawActs('s-1', options);
  expect(new Set(acts.map(({ act }) => act))).toEqual(
    new Set(['push', 'lose', 'remove', 'push_old', 'tamper', 'snapshot', 'compare', 'agent_down', 'line']),
  );
  expect(acts.map(({ atMs }) => atMs)).toEqual(acts.map(({ atMs }) => atMs).sort((a, b) => a - b));
  expect(acts.every((act) => act.atMs <= 10_000 && rowsOf(act).every((row) => row >= 0 && row < 100))).toBe(true);
});

it('removes no row that is to stay', () => {
  const removed = drawActs('s-1', options)
    .filter(({ act }) => act === 'remove')
    .flatMap(rowsOf);
  expect(removed.length).toBeGreaterThan(10);
  expect(removed.every((row) => row >= stableRows(options.rows))).toBe(true);
});
