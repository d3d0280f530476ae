import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Order } from '@repo/contracts/operations/order-operations';
import { batches } from '@repo/sample-data/batches';
import { readCatalogue } from '@repo/sample-data/read-catalogue';
import { ORDER_FILES, readOrders, type OrderRow } from '@repo/sample-data/read-orders';
import type { Pool } from 'pg';
import { registerAgent, startHub, type Hub } from '../support/hub';

const FOLDER = process.env['REAL_DATA_DIR'] ?? path.resolve(__dirname, '../../../../../shared/data');
/** What the sample is known to have turned over, before any rounding of lines. */
const TURNOVER = 1_265_793.04;
const AT_ONCE = 8;

describe('the orders of a real wholesaler', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub();
  });
  afterAll(() => hub.stop());

  it('are all placed, and come to what PostgreSQL makes of them', async () => {
    if (!existsSync(path.join(FOLDER, ORDER_FILES.orders))) {
      process.stdout.write('No real orders here (REAL_DATA_DIR is not set): nothing was tried on them.\n');
      return;
    }
    await pushCatalogue(hub);
    const asked: OrderRow[] = [];
    for await (const order of readOrders(FOLDER)) asked.push(order);
    const placed = await placeAll(hub, asked);
    expect(placed.size).toBe(830);

    for (const { orderNumber, lines, ...rest } of asked) {
      const order = placed.get(orderNumber);
      expect(order).toMatchObject({ ...rest, lines: lines.map((line, i) => ({ ...line, lineNo: i + 1, vatRate: '5.5' })) });
    }
    const amounts = [...placed.values()].map(({ orderNumber, amountVatExcluded, vatAmount, amountVatIncluded }) => [
      orderNumber,
      amountVatExcluded,
      vatAmount,
      amountVatIncluded,
    ]);
    expect(new Set(amounts.map(String))).toEqual(new Set((await amountsByPostgres(hub.pool, asked)).map(String)));
    const turnover = amounts.reduce((sum, [, net]) => sum + Math.round(Number(net) * 100), 0) / 100;
    expect(Math.abs(turnover - TURNOVER)).toBeLessThan(5);

    expect(await listAll(hub)).toEqual([...placed.values()].sort((a, b) => (a.id < b.id ? 1 : -1)));
  });
});

async function pushCatalogue(hub: Hub): Promise<void> {
  const catalogue = (await readCatalogue(FOLDER)).find(({ vendor }) => vendor === 'northwind');
  if (catalogue === undefined) throw new Error('there are orders, but no items');
  const agent = await registerAgent(hub, 'northwind');
  const mappings: unknown[] = [];
  for await (const entry of catalogue.mappings()) mappings.push(entry);
  await hub.admin('POST', '/api/admin/mappings/seed', { vendorId: 'northwind', mappings });
  for await (const items of batches(catalogue.items(), 500)) {
    expect((await hub.agent(agent, 'POST', '/api/sync/items', { items })).body).toMatchObject({ processed: items.length });
  }
  // Nobody is to deliver what is placed here.
  await hub.admin('PUT', '/api/admin/agents/northwind', { enabled: false });
}

async function placeAll(hub: Hub, asked: readonly OrderRow[]): Promise<Map<string, Order>> {
  const placed = new Map<string, Order>();
  const waiting = [...asked];
  const work = async () => {
    for (let order = waiting.shift(); order !== undefined; order = waiting.shift()) {
      const { status, body } = await hub.admin('POST', '/api/orders', order);
      if (status !== 201) throw new Error(`${order.orderNumber} gave ${status}: ${JSON.stringify(body)}`);
      placed.set(order.orderNumber, body as Order);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return placed;
}

/** What the orders come to, computed by somebody else: PostgreSQL rounds half away from zero, too. */
async function amountsByPostgres(pool: Pool, asked: readonly OrderRow[]): Promise<string[][]> {
  const lines = asked.flatMap(({ orderNumber, lines: own }) => own.map((line) => ({ orderNumber, ...line })));
  const { rows } = await pool.query<string[]>({
    text: `with line as (
        select number, round(quantity * price * (1 - discount * 0.01), 2) as net
        from unnest($1::text[], $2::numeric[], $3::numeric[], $4::numeric[]) as asked (number, quantity, price, discount))
      select number, trim_scale(sum(net))::text, trim_scale(sum(round(net * 0.055, 2)))::text,
        trim_scale(sum(net + round(net * 0.055, 2)))::text
      from line group by number`,
    values: [
      lines.map(({ orderNumber }) => orderNumber),
      lines.map(({ quantity }) => quantity),
      lines.map(({ unitPrice }) => unitPrice),
      lines.map(({ discountRate }) => discountRate),
    ],
    rowMode: 'array',
  });
  return rows;
}

async function listAll(hub: Hub): Promise<Order[]> {
  const all: Order[] = [];
  for (let page = 1; ; page++) {
    const { body } = await hub.admin('GET', `/api/orders?vendorId=northwind&limit=100&page=${page}`);
    const { data, meta } = body as { data: Order[]; meta: { total: number; totalPages: number } };
    all.push(...data);
    if (page >= meta.totalPages) return all;
  }
}
