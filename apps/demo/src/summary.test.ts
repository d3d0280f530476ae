import { Tally, type Outcome } from './push/tally';
import { summaryTable, type PushRecord } from './summary';

function record(push: PushRecord['push'], ...outcomes: Outcome[]): PushRecord {
  const tally = new Tally();
  for (const outcome of outcomes) tally.add(outcome);
  return { vendorId: 'northwind', entity: 'items', push, tally, ms: 1_000 };
}

it('has a column for every verdict that occurred, and no other', () => {
  expect(summaryTable([record('first', 'created', 'created', 'invalid'), record('again', 'unchanged', 'unchanged', 'invalid')])).toEqual([
    'vendor     entity  push   rows  created  unchanged  invalid    time  rows/s',
    'northwind  items   first     3        2          ·        1  1.00 s       3',
    'northwind  items   again     3        ·          2        1  1.00 s       3',
  ]);
});
