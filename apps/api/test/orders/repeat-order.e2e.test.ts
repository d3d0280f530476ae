import { expectProblem } from '../security/security-fixture';
import type { HubReply } from '../support/hub';
import { countAll, line, openShop, order, type Shop } from './orders-fixture';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.hub.stop());

const withKey = (key: string, more: Record<string, unknown> = {}) => shop.place(more, { 'idempotency-key': key });
const statuses = (replies: HubReply[]) => replies.map(({ status }) => status).sort((a, b) => a - b);
const idsOf = (replies: HubReply[]) => new Set(replies.map(({ body }) => body.id as string));

describe('an idempotency key', () => {
  it('makes a repeat give the first order, however it is written', async () => {
    const first = await withKey('k-1', { notes: null, shippingAddress: { a: 1, b: 2 }, lines: [line({ unitPrice: '1.50' })] });
    expect(first.status).toBe(201);
    const before = await countAll(shop.hub);
    const again = await withKey('k-1', { lines: [{ unitPrice: 1.5, quantity: '2.0', sku: 'A' }], shippingAddress: { b: 2, a: 1 } });
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(await countAll(shop.hub)).toEqual(before);
  });

  it('gives the order as it is now, also when nothing of it could be ordered any more', async () => {
    const lines = [line({ sku: 'B' })];
    const { body } = await withKey('k-2', { lines, orderNumber: 'K-2' });
    await shop.hub.pool.query(`update items set deleted_at = now() where vendor_id = 'mine' and sku = 'B'`);
    await shop.cancel(body.id);
    const again = await withKey('k-2', { lines, orderNumber: 'K-2' });
    expect([again.status, again.body.id, again.body.erp.status]).toEqual([200, body.id, 'cancelled']);
  });

  it('is refused with another order', async () => {
    await withKey('k-3');
    const before = await countAll(shop.hub);
    expectProblem(await withKey('k-3', { lines: [line({ quantity: 3 })] }), 409, 'idempotency_mismatch');
    expectProblem(await withKey('k-3', { lines: [line({ sku: 'no item' })] }), 409, 'idempotency_mismatch');
    expect(await countAll(shop.hub)).toEqual(before);
  });

  it("is the vendor's own, and exact to the letter", async () => {
    const replies = [await withKey('k-4'), await withKey('k-4', { vendorId: 'other' }), await withKey('K-4'), await withKey('k 4')];
    expect(statuses(replies)).toEqual([201, 201, 201, 201]);
    expect(idsOf(replies).size).toBe(4);
  });

  it('may be anything printable, up to 255 characters', async () => {
    for (const key of ['~!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}', 'x'.repeat(255), '0']) {
      expect([(await withKey(key)).status, (await withKey(key)).status]).toEqual([201, 200]);
    }
  });

  it('was not used by an order that was refused', async () => {
    expectProblem(await withKey('k-5', { lines: [line({ sku: 'no item' })] }), 400, 'invalid_request');
    expect((await withKey('k-5')).status).toBe(201);
  });

  it('makes one order of 20 that come at once, with a number or without', async () => {
    for (const more of [{}, { orderNumber: 'AT-ONCE' }]) {
      const before = await countAll(shop.hub);
      const replies = await Promise.all(Array.from({ length: 20 }, () => withKey(`at once ${JSON.stringify(more)}`, more)));
      expect(statuses(replies)).toEqual([...Array.from({ length: 19 }, () => 200), 201]);
      expect(idsOf(replies).size).toBe(1);
      expect(await countAll(shop.hub)).toEqual({ orders: before.orders + 1, lines: before.lines + 1, jobs: before.jobs + 1 });
    }
  });

  it('lets one of two different orders through that come at once', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, (_, i) => withKey('either', { notes: i % 2 ? 'one' : 'other' })));
    const first = replies.find(({ status }) => status === 201);
    for (const reply of replies) {
      if (reply.status === 409) expectProblem(reply, 409, 'idempotency_mismatch');
      else expect(reply.body).toEqual(first?.body);
    }
    expect(statuses(replies)).toEqual([200, 200, 200, 200, 201, 409, 409, 409, 409, 409]);
  });
});

describe('an order number', () => {
  it('is taken once a vendor', async () => {
    expect((await shop.place({ orderNumber: 'N-1' })).status).toBe(201);
    const before = await countAll(shop.hub);
    expectProblem(await shop.place({ orderNumber: 'N-1' }), 409, 'conflict');
    expectProblem(await withKey('another key', { orderNumber: 'N-1' }), 409, 'conflict');
    expect(await countAll(shop.hub)).toEqual(before);
    expect((await shop.place({ orderNumber: 'N-1', vendorId: 'other' })).status).toBe(201);
    expect((await shop.place({ orderNumber: 'n-1' })).status).toBe(201);
  });

  it('is taken by one of 20 that come at once', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => shop.place({ orderNumber: 'RACE' })));
    expect(statuses(replies)).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    for (const reply of replies.filter(({ status }) => status === 409)) expectProblem(reply, 409, 'conflict');
  });
});

it('many orders at once are all placed, each with a number of its own', async () => {
  const replies = await Promise.all(Array.from({ length: 100 }, () => shop.call('POST', '/api/orders', order())));
  expect(new Set(statuses(replies))).toEqual(new Set([201]));
  expect(new Set(replies.map(({ body }) => body.orderNumber as string)).size).toBe(100);
});
