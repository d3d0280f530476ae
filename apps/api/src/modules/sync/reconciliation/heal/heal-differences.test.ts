import { Tally } from '../run/tally';
import { healDifferences, type HealParts } from './heal-differences';

it('takes rows that have gone from the ERP meanwhile for a reason to look again', async () => {
  const tally = new Tally();
  const nothing = () => Promise.reject(new Error('there is nothing to write'));
  const parts: HealParts = {
    vendorId: 'v',
    entity: 'items',
    talk: { rows: (keys) => Promise.resolve({ rows: new Map(), missing: [...keys], unanswered: [] }) },
    ingest: { heal: nothing },
    tally,
  };
  await healDifferences(parts, { onlyInErp: [{ key: 'A', erp: '1' }], changed: [{ key: 'B', erp: '1', hub: '2' }] });
  expect(tally.progress).toBe(2);
  expect(tally.unhealedExamples).toEqual([
    { key: 'A', reason: 'moved' },
    { key: 'B', reason: 'moved' },
  ]);
});
