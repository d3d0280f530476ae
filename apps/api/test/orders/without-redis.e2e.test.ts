import { writeItems } from '../catalogue/seed-catalogue';
import { KEYS, startHubWithKeys } from '../security/security-fixture';
import type { Hub } from '../support/hub';
import { countAll, line, order } from './orders-fixture';

describe('while Redis is away', () => {
  let hub: Hub;
  beforeAll(async () => {
    // Nobody listens there.
    hub = await startHubWithKeys({ REDIS_URL: 'redis://127.0.0.1:1/0' });
    await writeItems(hub.pool, ['A'], { vendorId: 'mine' });
  });
  afterAll(() => hub.stop());

  it('orders are placed, repeated, read and cancelled all the same', async () => {
    const call = (method: string, path: string, body?: unknown, headers = {}) =>
      hub.request(method, path, body, { 'x-api-key': KEYS.orders.secret, ...headers });
    const place = () => call('POST', '/api/orders', order({ lines: [line()] }), { 'idempotency-key': 'k' });
    const first = await place();
    expect(first.status).toBe(201);
    expect([(await place()).status, (await place()).body]).toEqual([200, first.body]);
    expect((await call('GET', `/api/orders/${first.body.id}`)).body).toEqual(first.body);
    expect((await call('GET', '/api/orders?vendorId=mine')).body.data).toEqual([first.body]);
    expect(await countAll(hub)).toEqual({ orders: 1, lines: 1, jobs: 1 });
    expect((await call('POST', `/api/orders/${first.body.id}/cancel`)).body.erp.status).toBe('cancelled');
  });
});
