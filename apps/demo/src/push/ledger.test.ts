import { rowDigestHex } from '@repo/contracts/digest';
import { Ledger } from './ledger';

it('sums what is held, whatever the order, and forgets what was replaced', () => {
  const one = new Ledger();
  one.set('items', 'A', 'old');
  one.set('items', 'B', 'h2');
  one.set('items', 'A', 'h1');
  const other = new Ledger();
  other.set('items', 'A', 'h1');
  other.set('items', 'B', 'h2');
  expect(one.root('items')).toEqual(other.root('items'));
  expect(one.root('items').count).toBe(2);
  expect(one.hashOf('items', 'A')).toBe('h1');
});

it('is the digest of the row for one row, and zeros for none', () => {
  const ledger = new Ledger();
  ledger.set('stock', 'W1\u001fA', 'h');
  expect(ledger.roots()).toEqual({
    items: { count: 0, digest: '0000000000000000' },
    stock: { count: 1, digest: rowDigestHex('W1\u001fA', 'h') },
    warehouses: { count: 0, digest: '0000000000000000' },
  });
});
