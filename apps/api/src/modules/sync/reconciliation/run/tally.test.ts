import { Tally } from './tally';

it('shows a few keys, cleaned of what a database takes for no text', () => {
  const tally = new Tally();
  const onlyInErp = ['a\0b', '\ud800', '🧀', 'x'.repeat(500), ...Array.from({ length: 50 }, (_, n) => `k${n}`)].map((key) => ({
    key,
    erp: '',
  }));
  tally.found({ onlyInErp, onlyInHub: [], changed: [] });
  expect(tally.rows.onlyInErp).toBe(54);
  const { onlyInErp: shown = [] } = tally.examples;
  expect(shown.slice(0, 3)).toEqual(['a\uFFFDb', '\uFFFD', '🧀']);
  expect(shown).toHaveLength(10);
  expect(shown[3]).toHaveLength(200);
});

it('counts what is left anew for every comparison', () => {
  const tally = new Tally();
  tally.leave({ key: 'a', reason: 'invalid', detail: 'no\0name' });
  tally.leave({ key: null, reason: 'moved' });
  expect([tally.left, tally.progress]).toEqual([2, 1]);
  expect(tally.unhealedExamples[0]).toEqual({ key: 'a', reason: 'invalid', detail: 'no\uFFFDname' });
  tally.forgetUnhealed();
  expect([tally.left, tally.rows.refused]).toEqual([0, 1]);
});
