import { NewOrder } from '@repo/contracts/operations/order-operations';
import { generateCatalogue } from '@repo/sample-data/generate-catalogue';
import { makeOrders } from './make-orders';

const at = new Date('2026-01-31T08:30:00Z');
const items = [...generateCatalogue({ seed: 1, at, items: 50 }).items()];

it('makes orders that keep to the contract, each under a number of its own', () => {
  const orders = makeOrders('vendor-1', items, 200);
  for (const order of orders) expect(NewOrder.safeParse(order)).toMatchObject({ success: true });
  expect(new Set(orders.map(({ orderNumber }) => orderNumber)).size).toBe(200);
});

it('orders only what is there, no item twice in one order, and the same in every run', () => {
  const skus = new Set(items.map(({ sku }) => sku));
  for (const { lines } of makeOrders('vendor-1', items, 200) as unknown as { lines: { sku: string }[] }[]) {
    expect(lines.every(({ sku }) => skus.has(sku))).toBe(true);
    expect(new Set(lines.map(({ sku }) => sku)).size).toBe(lines.length);
  }
  expect(makeOrders('vendor-1', items, 20)).toEqual(makeOrders('vendor-1', items, 20));
});

it('does with a single item that has no price', () => {
  const [item] = items;
  if (item === undefined) throw new Error('no item');
  const bare = { ...item, priceExclVat: null, unitPrice: '-3', catalogPrice: null };
  const orders = makeOrders('vendor-1', [bare], 3);
  expect(orders.map((order) => order['lines'])).toEqual(
    [1, 2, 3].map((quantity) => [{ sku: item.sku, quantity: String(quantity), unitPrice: '1' }]),
  );
});
