import { changeRow } from '@repo/sample-data/change-row';
import { generateCatalogue } from '@repo/sample-data/generate-catalogue';
import type { ItemRow } from '@repo/sample-data/rows';
import { Pool } from 'pg';
import type { BenchStack } from './bench-stack';
import { BenchClient, inParallel } from './http-client';
import { startBenchHub } from './hub-process';
import { median, print, printPromise, whole } from './report';
import { upsertStraight } from './straight-to-postgres';

const CLIENTS = 4;
const BATCH = 500;
const AT = new Date('2026-01-01T00:00:00Z');

function inBatches<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, i) => rows.slice(i * BATCH, (i + 1) * BATCH));
}

/** Ingest of 500-row batches by 4 HTTP clients, beside the same rows sent straight to PostgreSQL; rounds alternate. */
export async function benchIngest(stack: BenchStack, { rows = 20_000, rounds = 5 } = {}): Promise<boolean> {
  const database = await stack.database();
  const hub = await startBenchHub(database, stack.redisUrl);
  const pool = new Pool({ connectionString: database, max: CLIENTS });
  const catalogue = generateCatalogue({ seed: 7, items: rows, at: AT });
  const first = [...catalogue.items()] as ItemRow[];
  const mappings = [...catalogue.mappings()];
  const later = first.map((row, i) => changeRow<ItemRow>(row, { seed: i }));
  const firstBatches = inBatches(first);
  const laterBatches = inBatches(later);
  const bodies = (batches: ItemRow[][]) => batches.map((items) => Buffer.from(JSON.stringify({ items })));
  const [firstBodies, laterBodies] = [bodies(firstBatches), bodies(laterBatches)];
  const rates: Record<string, number[]> = {};
  const note = (name: string, seconds: number) => (rates[name] ??= []).push(rows / seconds);

  for (let round = 0; round <= rounds; round++) {
    const straight = async (batches: ItemRow[][]) =>
      inParallel(batches, CLIENTS, (batch) => upsertStraight(pool, `straight-${round}`, batch));
    const { token } = await hub.enrol(`hub-${round}`, mappings);
    const clients = Array.from(
      { length: CLIENTS },
      () => new BenchClient(hub.baseUrl, { authorization: `Bearer ${token}`, 'x-vendor-id': `hub-${round}` }),
    );
    const push = async (sent: Buffer[], verdict: string) =>
      inParallel(sent, CLIENTS, async (body, worker) => {
        const reply = await (clients[worker] as BenchClient).post('/api/sync/items', body);
        if (!reply.includes(verdict) || reply.includes('"failed","')) throw new Error(`unexpected verdicts: ${reply.slice(0, 300)}`);
      });
    const measured: [string, number][] = [
      ['straight insert', await straight(firstBatches)],
      ['hub insert', await push(firstBodies, '"created"')],
      ['straight update', await straight(laterBatches)],
      ['hub update', await push(laterBodies, '"updated"')],
      ['hub unchanged', await push(laterBodies, '"unchanged"')],
    ];
    // The first round warms up both sides.
    if (round > 0) for (const [name, seconds] of measured) note(name, seconds);
    clients.forEach((client) => client.close());
  }
  await pool.end();
  await hub.stop();

  print(`ingest: ${whole(rows)} items in batches of ${BATCH}, ${CLIENTS} clients, median of ${rounds} rounds (min–max)`);
  for (const [name, values] of Object.entries(rates)) {
    print(
      `  ${name.padEnd(16)} ${whole(median(values)).padStart(8)} rows/s  (${whole(Math.min(...values))}–${whole(Math.max(...values))})`,
    );
  }
  const rate = (name: string) => median(rates[name] ?? []);
  return [
    printPromise('inserts against straight', rate('hub insert') / rate('straight insert'), '>=', 0.4),
    printPromise('updates against straight', rate('hub update') / rate('straight update'), '>=', 0.4),
    printPromise('unchanged against inserts', rate('hub unchanged') / rate('hub insert'), '>=', 1.8),
  ].every(Boolean);
}
