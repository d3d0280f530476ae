import { createDatabase, type TemporaryDatabase } from '@repo/dev-stack/databases';
import { openDatabase, type Database } from '@repo/shared/database/connect';
import type { HubSettings } from '../../src/config/settings';
import { PlaceOrder } from '../../src/modules/orders/place-order';
import { LocalEventBus } from '../../src/platform/events/local-events';
import { writeItems } from '../catalogue/seed-catalogue';

const SETTINGS = { SYNC_RETRY_ATTEMPTS: 5, SYNC_EXPIRES_S: 60 } as HubSettings;
const ORDER = {
  vendorId: 'v1',
  erpCustomerCode: 'C1',
  lines: [
    { sku: 'A', quantity: '1', unitPrice: '1' },
    { sku: 'B', quantity: '1', unitPrice: '1' },
  ],
};

let temporary: TemporaryDatabase;
let database: Database;
let told: string[];
beforeAll(async () => {
  temporary = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '', { template: process.env['TEST_TEMPLATE'] ?? '' });
  database = openDatabase({ url: temporary.url, poolSize: 4, applicationName: 'orders-test' });
  for (const vendorId of ['v1', 'v2']) await writeItems(database.pool, ['A', 'B'], { vendorId });
});
afterAll(async () => {
  await database.close();
  await temporary.drop();
});
beforeEach(async () => {
  told = [];
  await database.pool.query('truncate orders cascade');
});

/** The use case with numbers of the test's own. */
function placing(numbers: readonly string[]): { placing: PlaceOrder; left: string[] } {
  const left = [...numbers];
  const events = new LocalEventBus();
  events.on('jobs-due', ({ vendorId }) => Promise.resolve(void told.push(vendorId)));
  return { placing: new PlaceOrder(database, SETTINGS, () => left.shift() ?? 'TAKEN', events), left };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a made order number', () => {
  it('that is taken is made again', async () => {
    const { placing: use, left } = placing(['TAKEN', 'TAKEN', 'TAKEN', 'FREE', 'NEVER']);
    await use.place(ORDER, undefined);
    expect((await use.place(ORDER, undefined)).order.orderNumber).toBe('FREE');
    expect(left).toEqual(['NEVER']);
    expect((await placing(['TAKEN']).placing.place({ ...ORDER, vendorId: 'v2' }, undefined)).order.orderNumber).toBe('TAKEN');
  });

  it('is not made for ever', async () => {
    const { placing: use } = placing([]);
    await use.place(ORDER, undefined);
    await expect(use.place(ORDER, 'a key')).rejects.toThrow('order numbers in a row were taken');
    expect((await database.pool.query('select from orders')).rowCount).toBe(1);
  });
});

describe('placing an order', () => {
  it('takes two statements, and a repeat two that write nothing', async () => {
    const { placing: use } = placing(['N-1', 'N-2']);
    const statements = jest.spyOn(database.pool, 'query');
    const { created } = await use.place(ORDER, 'a key');
    expect([created, statements.mock.calls.length]).toEqual([true, 2]);
    statements.mockClear();
    expect([(await use.place(ORDER, 'a key')).created, statements.mock.calls.length]).toEqual([false, 2]);
    statements.mockRestore();
  });

  it('wakes the relay of its vendor once it is committed, and a repeat does not', async () => {
    const { placing: use } = placing(['N-1']);
    await use.place(ORDER, 'a key');
    await settled();
    expect(told).toEqual(['v1']);
    await use.place(ORDER, 'a key');
    await expect(use.place({ ...ORDER, lines: [{ sku: 'none', quantity: '1', unitPrice: '1' }] }, undefined)).rejects.toThrow(
      'lines[0].sku',
    );
    await settled();
    expect(told).toEqual(['v1']);
  });
});
