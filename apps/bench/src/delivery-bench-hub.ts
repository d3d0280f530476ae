import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Pool } from 'pg';
import { startBenchHub, type BenchHub } from './hub-process';

const UNIT = { mappingType: 'unit', erpCode: 'PCE', restoCode: 'PCE', restoLabel: 'Pièce' };
const VAT = { mappingType: 'vat', erpCode: 'T1', restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %', vatRate: '5.5' };
export const UNIT_AND_VAT = [UNIT, VAT];
const SKUS = ['A-1', 'A-2', 'A-3'];

/** A hub with vendors whose agents take every order at once. */
export interface DeliveryBench {
  hub: BenchHub;
  vendors: string[];
  /** The body of an order. */
  order(vendorId: string, orderNumber: string): Buffer;
  headers: Record<string, string>;
  /** When each order arrived at the agent, in milliseconds since 1970; empty unless asked for. */
  arrivals: Map<string, number>;
  /** Waits until nothing is open. */
  rest(pool: Pool): Promise<void>;
  stop(): Promise<void>;
}

/** The rows of a small catalogue. */
export function catalogueOf() {
  return SKUS.map((sku) => ({
    sku,
    name: sku,
    contentHash: 'h',
    lastSyncedAt: '2026-01-01T00:00:00Z',
    erpUnitCode: 'PCE',
    erpVatCode: 'T1',
  }));
}

/** The body of an order of all that is in it. */
export function orderOf(vendorId: string, orderNumber: string): Buffer {
  const lines = SKUS.map((sku, i) => ({ sku, quantity: i + 1, unitPrice: '2.50' }));
  return Buffer.from(JSON.stringify({ vendorId, orderNumber, erpCustomerCode: 'C1', lines }));
}

export async function startDeliveryBench(
  database: string,
  redisUrl: string,
  { vendorCount, tellsArrivals = false }: { vendorCount: number; tellsArrivals?: boolean },
): Promise<DeliveryBench> {
  const erp = fork(path.join(__dirname, 'quick-erp.js'), tellsArrivals ? ['arrivals'] : []);
  const [{ port }] = (await once(erp, 'message')) as [{ port: number }];
  const arrivals = new Map<string, number>();
  erp.on('message', ({ orderNumber, arrived }: { orderNumber: string; arrived: number }) => arrivals.set(orderNumber, arrived));
  const hub = await startBenchHub(database, redisUrl, { BULLMQ_CONCURRENCY: '20' });
  const vendors = Array.from({ length: vendorCount }, (_, i) => `vendor-${i}`);
  for (const vendorId of vendors) {
    const { token } = await hub.enrol(vendorId, UNIT_AND_VAT, `http://127.0.0.1:${port}`);
    await hub.post('/api/sync/items', { authorization: `Bearer ${token}`, 'x-vendor-id': vendorId }, { items: catalogueOf() });
  }
  return {
    hub,
    vendors,
    arrivals,
    headers: { 'x-api-key': hub.apiKey },
    order: orderOf,
    rest: untilRest,
    stop: async () => {
      await hub.stop();
      await stopChild(erp);
    },
  };
}

async function untilRest(pool: Pool): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ open: boolean }>(
      `select exists (select from sync_jobs where status = 'pending') or exists (select from sync_jobs where status in ('queued', 'processing')) as open`,
    );
    if (rows[0]?.open === false) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
