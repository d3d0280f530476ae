import { rowDigestHex } from '@repo/contracts/digest';
import type { Verdict } from '@repo/contracts/verdicts';
import { Ledger } from './ledger';

const created = (key: string): Verdict => ({ index: 0, key, status: 'processed', change: 'created' });
const failed = (key: string, reason: 'invalid' | 'unmapped_unit', parked?: boolean): Verdict => ({
  index: 0,
  key,
  status: 'failed',
  reason,
  detail: '',
  ...(parked === undefined ? {} : { parked }),
});

it('sums what is held, whatever the order, and forgets what was replaced', () => {
  const one = new Ledger();
  one.record('items', 'old', created('A'));
  one.record('items', 'h2', created('B'));
  one.record('items', 'h1', { index: 0, key: 'A', status: 'processed', change: 'updated' });
  const other = new Ledger();
  other.record('items', 'h1', { index: 0, key: 'A', status: 'skipped', reason: 'unchanged' });
  other.record('items', 'h2', created('B'));
  expect(one.root('items')).toEqual(other.root('items'));
  expect(one.root('items').count).toBe(2);
});

it('counts what is parked, and not what was refused or superseded', () => {
  const ledger = new Ledger();
  ledger.record('items', 'h', failed('A', 'unmapped_unit', true));
  ledger.record('items', 'h', failed('B', 'unmapped_unit', false));
  ledger.record('items', 'h', failed('C', 'invalid'));
  ledger.record('items', 'h', { index: 0, key: 'D', status: 'skipped', reason: 'superseded' });
  expect(ledger.root('items')).toEqual({ count: 1, digest: rowDigestHex('A', 'h') });
});

it('is the digest of the row for one row, and zeros for none', () => {
  const ledger = new Ledger();
  ledger.record('stock', 'h', created('W1\u001fA'));
  expect(ledger.roots()).toEqual({
    items: { count: 0, digest: '0000000000000000' },
    stock: { count: 1, digest: rowDigestHex('W1\u001fA', 'h') },
    warehouses: { count: 0, digest: '0000000000000000' },
  });
});
