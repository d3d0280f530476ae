import { bar, progressLine, pushedLine, verdicts } from './progress';
import { Tally, type Outcome } from './tally';

function tallied(counts: Partial<Record<Outcome, number>>): Tally {
  const tally = new Tally();
  for (const [outcome, rows] of Object.entries(counts)) for (let row = 0; row < rows; row += 1) tally.add(outcome as Outcome);
  return tally;
}

it('fills the bar as far as the work has come, and never further', () => {
  expect([0, 0.5, 1, 7].map((share) => bar(share, 4))).toEqual(['░░░░', '██░░', '████', '████']);
});

it('names the verdicts, and says so when all are alike', () => {
  expect(verdicts(tallied({ created: 1_200, superseded: 3 }))).toBe('1,200 created, 3 superseded');
  expect(verdicts(tallied({ unchanged: 4 }))).toBe('all unchanged');
  expect(verdicts(new Tally())).toBe('');
});

it('shows rows, speed and verdicts while a push runs', () => {
  expect(progressLine('items', 10_000, tallied({ created: 5_000 }), 500)).toBe(
    `  … items        ${bar(0.5)}  5,000 of 10,000 rows  10,000 rows/s  all created`,
  );
});

it('lines pushes up when they are done', () => {
  const [long, short] = [pushedLine('items', tallied({ created: 30_000 }), 2_000), pushedLine('warehouses', tallied({ created: 9 }), 100)];
  expect(long).toBe('items          30,000 rows    2.00 s    15,000 rows/s   all created');
  expect(short.indexOf('rows/s')).toBe(long.indexOf('rows/s'));
});
