import { CalledOrder } from '@repo/contracts/agent-protocol/calls';
import { Order } from '@repo/contracts/operations/order-operations';
import { expectProblem, KEYS } from '../security/security-fixture';
import { countAll, line, NOBODY, openShop, order, type Shop } from './orders-fixture';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.hub.stop());

const WHOLE = {
  orderNumber: 'WEB 1/é 🧀',
  customerId: 'resto-42',
  erpCustomerCode: ' C1 ',
  currency: 'CHF',
  requestedDeliveryDate: '2028-02-29',
  billingAddress: { name: 'Chez "Louise"\n', floors: [1, 2.5, null, { deep: true }] },
  shippingAddress: {},
  notes: 'Livraison\tavant 7 h\\',
  lines: [
    line({ quantity: 12, unitPrice: '4.350', discountRate: 2.5, vatRate: '20.0', description: 'mine, not yours' }),
    line({ sku: 'B', quantity: '0.0000000001', unitPrice: 0 }),
    line({ sku: 'é/1', description: '', vatRate: 0 }),
    line(),
  ],
};

describe('a placed order', () => {
  it('comes back complete: as it was given, with what its items add and what it comes to', async () => {
    const { status, body } = await shop.place(WHOLE);
    expect(status).toBe(201);
    expect(Order.parse(body)).toEqual({
      ...WHOLE,
      vendorId: 'mine',
      id: expect.stringMatching(/^[0-9a-f-]{14}7/),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: body.createdAt,
      lines: [
        {
          lineNo: 1,
          sku: 'A',
          description: 'mine, not yours',
          quantity: '12',
          unitPrice: '4.35',
          discountRate: '2.5',
          vatRate: '20',
          amountVatExcluded: '50.9',
          vatAmount: '10.18',
        },
        {
          lineNo: 2,
          sku: 'B',
          description: 'Crème "brûlée" 🍮',
          quantity: '0.0000000001',
          unitPrice: '0',
          discountRate: '0',
          vatRate: '5.5',
          amountVatExcluded: '0',
          vatAmount: '0',
        },
        {
          lineNo: 3,
          sku: 'é/1',
          description: '',
          quantity: '2',
          unitPrice: '1.25',
          discountRate: '0',
          vatRate: '0',
          amountVatExcluded: '2.5',
          vatAmount: '0',
        },
        {
          lineNo: 4,
          sku: 'A',
          description: 'Item A',
          quantity: '2',
          unitPrice: '1.25',
          discountRate: '0',
          vatRate: '5.5',
          amountVatExcluded: '2.5',
          vatAmount: '0.14',
        },
      ],
      amountVatExcluded: '55.9',
      vatAmount: '10.32',
      amountVatIncluded: '66.22',
      erp: { status: 'pending', jobId: expect.any(String), erpReference: null, error: null, syncedAt: null },
    });
    expect((await shop.find(body.id)).body).toEqual(body);
  });

  it('needs little: the rest is null, a default, or made', async () => {
    const placed = await shop.placed();
    expect(placed).toMatchObject({
      customerId: null,
      currency: 'EUR',
      requestedDeliveryDate: null,
      billingAddress: null,
      shippingAddress: null,
      notes: null,
    });
    expect(placed.orderNumber).toMatch(/^ORD-[0-9A-Z]{9}-[0-9A-Z]{5}$/);
    expect((await shop.placed()).orderNumber > placed.orderNumber).toBe(true);
    const nulls = ['orderNumber', 'customerId', 'currency', 'requestedDeliveryDate', 'billingAddress', 'shippingAddress', 'notes'];
    const given = Object.fromEntries(nulls.map((name) => [name, null]));
    expect((await shop.place({ ...given, lines: [line({ vatRate: null, discountRate: null, description: null })] })).status).toBe(201);
  });

  it('comes with one job that waits, with what the ERP is told and the id of the request', async () => {
    const { body, headers } = await shop.place({ notes: 'for the ERP' }, { 'x-correlation-id': 'from-the-shop' });
    expect(headers.get('x-correlation-id')).toBe('from-the-shop');
    const { rows } = await shop.hub.pool.query(
      `select id, vendor_id, operation, status, sequence, attempt_no, attempts_spent, attempts_allowed, correlation_id, payload,
         extract(epoch from expires_at - now()) > 604700 as lasts from sync_jobs where order_id = $1`,
      [body.id],
    );
    const { updatedAt: _updatedAt, erp, ...told } = body;
    expect(rows).toEqual([
      {
        id: erp.jobId,
        vendor_id: 'mine',
        operation: 'create_order',
        status: 'pending',
        sequence: 1,
        attempt_no: 0,
        attempts_spent: 0,
        attempts_allowed: 5,
        correlation_id: 'from-the-shop',
        payload: told,
        lasts: true,
      },
    ]);
    expect(CalledOrder.safeParse(told).error?.issues).toBeUndefined();
  });

  it('keeps amounts and decimals to the last digit', async () => {
    const lines = [line({ quantity: '1', unitPrice: '12345678901234567890.0123456789', vatRate: '0.0000000001' })];
    const placed = await shop.placed({ lines });
    expect(placed).toMatchObject({
      amountVatExcluded: '12345678901234567890.01',
      vatAmount: '12345678.9',
      amountVatIncluded: '12345678901246913568.91',
    });
    expect(placed.lines[0]).toMatchObject({ unitPrice: '12345678901234567890.0123456789', vatRate: '0.0000000001' });
    expect((await shop.find(placed.id)).body).toEqual(placed);
  });

  it('may have 500 lines, and its items may go afterwards', async () => {
    const placed = await shop.placed({ lines: Array.from({ length: 500 }, (_, i) => line({ sku: i % 2 ? 'A' : 'B', quantity: i + 1 })) });
    expect(placed.lines.map(({ lineNo, quantity }) => lineNo === Number(quantity))).toEqual(Array.from({ length: 500 }, () => true));
    expect((await shop.find(placed.id)).body).toEqual(placed);
  });
});

describe('an order that cannot be placed leaves nothing behind', () => {
  const longest = (length: number) => 'é'.repeat(length);

  it.each([
    ['no lines', { lines: [] }, 'lines'],
    ['lines that are none', { lines: null }, 'lines'],
    ['an unknown property', { total: 1 }, 'total'],
    ['an unknown property of a line', { lines: [line(), line({ lineNo: 1 })] }, 'lines[1].lineNo'],
    ['no customer code', { erpCustomerCode: undefined }, 'erpCustomerCode'],
    ['an empty customer code', { erpCustomerCode: '' }, 'erpCustomerCode'],
    ['a customer code of 5,000 characters', { erpCustomerCode: longest(5_000) }, 'erpCustomerCode'],
    ['a customer id of 101 characters', { customerId: longest(101) }, 'customerId'],
    ['an order number of 101 characters', { orderNumber: longest(101) }, 'orderNumber'],
    ['an empty order number', { orderNumber: '' }, 'orderNumber'],
    ['notes of 5,000 characters', { notes: longest(5_000) }, 'notes'],
    ['a description of 256 characters', { lines: [line({ description: longest(256) })] }, 'lines[0].description'],
    ['a SKU of 5,000 characters', { lines: [line({ sku: longest(5_000) })] }, 'lines[0].sku'],
    ['a vendor id that is none', { vendorId: 'mine!' }, 'vendorId'],
    ['a currency that is none', { currency: 'eur' }, 'currency'],
    ['a day that is none', { requestedDeliveryDate: '2026-02-29' }, 'requestedDeliveryDate'],
    ['a day of the year 0', { requestedDeliveryDate: '0000-01-01' }, 'requestedDeliveryDate'],
    ['a time for a day', { requestedDeliveryDate: '2026-02-20T00:00:00Z' }, 'requestedDeliveryDate'],
    ['an address that is a list', { shippingAddress: [] }, 'shippingAddress'],
    ['an address of more than 16 KB', { billingAddress: { street: 'x'.repeat(16 * 1024) } }, 'billingAddress'],
    ['a quantity of nothing', { lines: [line({ quantity: '0.00' })] }, 'lines[0].quantity'],
    ['a negative quantity', { lines: [line({ quantity: -1 })] }, 'lines[0].quantity'],
    ['no quantity', { lines: [line({ quantity: undefined })] }, 'lines[0].quantity'],
    ['a negative price', { lines: [line({ unitPrice: '-0.0000000001' })] }, 'lines[0].unitPrice'],
    ['a price that a float has spoilt', { lines: [line({ unitPrice: 0.1 + 0.2 })] }, 'lines[0].unitPrice'],
    ['a price with 11 digits behind the point', { lines: [line({ unitPrice: '1.00000000001' })] }, 'lines[0].unitPrice'],
    ['more than everything off', { lines: [line({ discountRate: '100.0000000001' })] }, 'lines[0].discountRate'],
    ['a negative VAT rate', { lines: [line({ vatRate: '-1' })] }, 'lines[0].vatRate'],
    ['a line that comes to too much', { lines: [line(), line({ quantity: '9'.repeat(20), unitPrice: '9'.repeat(20) })] }, 'lines[1]'],
    ['lines that together come to too much', { lines: [line({ quantity: 1, unitPrice: '9'.repeat(20) }), line()] }, 'lines'],
    ['a NUL character', { notes: 'a\0b' }, 'notes'],
    ['half of a surrogate pair in an address', { shippingAddress: { street: '\ud800' } }, 'shippingAddress.street'],
  ])('%s', async (_what, more, path) => {
    const before = await countAll(shop.hub);
    const reply = await shop.place(more);
    expectProblem(reply, 400, 'invalid_request');
    expect((reply.body.errors as { path: string }[]).map((error) => error.path)).toEqual([path]);
    expect(await countAll(shop.hub)).toEqual(before);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('a property named %s, in an address too', async (name) => {
    const text = (where: string) => JSON.stringify(order({ shippingAddress: { x: 1 } })).replace(where, `${where}"${name}":{},`);
    for (const where of ['{', '"shippingAddress":{'])
      expectProblem(await shop.call('POST', '/api/orders', text(where)), 400, 'invalid_request');
  });

  it('501 lines', async () => expectProblem(await shop.place({ lines: Array.from({ length: 501 }, () => line()) }), 413, 'too_many_rows'));

  it('more than 1 MB', async () => expectProblem(await shop.place({ notes: 'x'.repeat(1024 * 1024) }), 413, 'payload_too_large'));

  it('no JSON', async () => {
    expectProblem(
      await shop.call('POST', '/api/orders', JSON.stringify(order()), { 'content-type': 'text/plain' }),
      415,
      'unsupported_media_type',
    );
    expectProblem(await shop.call('POST', '/api/orders', '{"vendorId":'), 400, 'invalid_request');
  });

  it.each([
    ['of 256 characters', 'k'.repeat(256)],
    ['with letters that ASCII does not have', 'clé'],
  ])('an idempotency key %s', async (_what, key) => {
    const reply = await shop.place({}, { 'idempotency-key': key });
    expectProblem(reply, 400, 'invalid_request');
    expect(reply.body.errors).toMatchObject([{ path: 'idempotency-key' }]);
  });

  it('every line is named that is no live item of the vendor', async () => {
    await shop.hub.pool.query(`update items set deleted_at = now() where vendor_id = 'mine' and sku = 'B'`);
    const before = await countAll(shop.hub);
    const reply = await shop.place({ lines: ['A', 'B', 'a', 'A ', 'é/1', 'e\u0301/1', 'nothing'].map((sku) => line({ sku })) });
    await shop.hub.pool.query(`update items set deleted_at = null where vendor_id = 'mine' and sku = 'B'`);
    expectProblem(reply, 400, 'invalid_request');
    expect(reply.body.errors).toEqual([1, 2, 3, 5, 6].map((i) => ({ path: `lines[${i}].sku`, message: 'is not an item of the vendor' })));
    expect(await countAll(shop.hub)).toEqual(before);
  });

  it("another vendor's items are none, and a vendor that nobody knows has none", async () => {
    expectProblem(await shop.place({ vendorId: 'third' }), 400, 'invalid_request');
    await shop.hub.pool.query(`update items set deleted_at = now() where vendor_id = 'other' and sku = 'A'`);
    expectProblem(await shop.place({ vendorId: 'other' }), 400, 'invalid_request');
    await shop.hub.pool.query(`update items set deleted_at = null where vendor_id = 'other'`);
    expect((await shop.place({ vendorId: 'other' })).status).toBe(201);
  });
});

describe('who may order', () => {
  const as = (headers: Record<string, string>, method: string, path: string, body?: unknown) =>
    shop.hub.request(method, path, body, headers);

  it.each([
    ['POST', '/api/orders', order()],
    ['GET', '/api/orders', undefined],
    ['GET', `/api/orders/${NOBODY}`, undefined],
    ['POST', `/api/orders/${NOBODY}/cancel`, undefined],
  ])('%s %s: keys with orders or admin, nobody else', async (method, path, body) => {
    expectProblem(await as({ 'x-api-key': KEYS.read.secret }, method, path, body), 403, 'forbidden');
    expectProblem(await as({ 'x-api-key': 'wrong' }, method, path, body), 401, 'unauthorized');
    expectProblem(await as({}, method, path, body), 401, 'unauthorized');
    for (const scope of ['orders', 'admin'] as const) {
      expect([200, 201, 404]).toContain((await as({ 'x-api-key': KEYS[scope].secret }, method, path, body)).status);
    }
  });
});
