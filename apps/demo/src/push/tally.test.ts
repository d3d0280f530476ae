import { OUTCOMES, outcomeOf, Tally } from './tally';

it('knows the outcome of every kind of verdict', () => {
  expect(outcomeOf({ index: 0, key: 'A', status: 'processed', change: 'updated' })).toBe('updated');
  expect(outcomeOf({ index: 0, key: 'A', status: 'skipped', reason: 'superseded' })).toBe('superseded');
  expect(outcomeOf({ index: 0, key: null, status: 'failed', reason: 'invalid', detail: 'sku: is required' })).toBe('invalid');
});

it('lists what occurred, good outcomes first and each once', () => {
  const tally = new Tally();
  for (const outcome of ['invalid', 'created', 'superseded', 'created'] as const) tally.add(outcome);
  expect(tally.rows).toBe(4);
  expect(tally.of('created')).toBe(2);
  expect(tally.of('stale')).toBe(0);
  expect(tally.occurred()).toEqual(['created', 'superseded', 'invalid']);
  expect(new Set(OUTCOMES).size).toBe(OUTCOMES.length);
});
