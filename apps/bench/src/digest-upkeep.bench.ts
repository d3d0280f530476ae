import path from 'node:path';
import { changeRow } from '@repo/sample-data/change-row';
import { generateCatalogue } from '@repo/sample-data/generate-catalogue';
import type { ItemRow } from '@repo/sample-data/rows';
import { Client } from 'pg';
import type { BenchStack } from './bench-stack';
import { BenchClient, inParallel } from './http-client';
import { startBenchHub, type BenchHub } from './hub-process';
import { median, print, printPromise, whole } from './report';

const CLIENTS = 4;
const BATCH = 500;
const AT = new Date('2026-01-01T00:00:00Z');
const PHASES = ['inserts', 'updates', 'unchanged'] as const;
type Phase = (typeof PHASES)[number];

/** One of two hubs that take the same batches. */
interface Side {
  hub: BenchHub;
  rates: Record<Phase, number[]>;
}

/**
 * The same batches to a hub and to one from which the upkeep of digests was taken out (`without-digests.ts`): it hashes no row,
 * appends no delta, and has no index on key hashes. Each round meets both, in turn the one first and the other.
 */
export async function benchDigestUpkeep(stack: BenchStack, { rows = 20_000, rounds = 9 } = {}): Promise<boolean> {
  const sides = { with: await startSide(stack, '/1'), without: await startSide(stack, '/2', path.join(__dirname, 'without-digests.js')) };
  const catalogue = generateCatalogue({ seed: 7, items: rows, at: AT });
  const first = [...catalogue.items()] as ItemRow[];
  const mappings = [...catalogue.mappings()];
  const firstBodies = bodiesOf(first);
  const laterBodies = bodiesOf(first.map((row, i) => changeRow<ItemRow>(row, { seed: i })));
  try {
    for (let round = 0; round <= rounds; round++) {
      const order = round % 2 === 0 ? [sides.with, sides.without] : [sides.without, sides.with];
      for (const side of order) {
        const seconds = await ingest(side.hub, `vendor-${round}`, mappings, firstBodies, laterBodies);
        // The first round warms up both.
        if (round > 0) for (const phase of PHASES) side.rates[phase].push(rows / seconds[phase]);
      }
    }
  } finally {
    await Promise.all(Object.values(sides).map(({ hub }) => hub.stop()));
  }
  print(`upkeep of digests: ${whole(rows)} items in batches of ${BATCH}, ${CLIENTS} clients, median of ${rounds} rounds (min–max)`);
  for (const phase of PHASES) {
    for (const [name, { rates }] of Object.entries(sides)) {
      const values = rates[phase];
      const spread = `(${whole(Math.min(...values))}–${whole(Math.max(...values))})`;
      print(`  ${`${phase} ${name}`.padEnd(20)} ${whole(median(values)).padStart(8)} rows/s  ${spread}`);
    }
  }
  // Round by round, so that what else the machine does meets both sides alike.
  const ratio = (phase: Phase) => median(sides.with.rates[phase].map((rate, i) => rate / (sides.without.rates[phase][i] ?? Number.NaN)));
  // Nothing is kept up for unchanged rows: how far these are from 1 is how far the others can be trusted.
  print(`  unchanged, with against without (no upkeep in either): ${ratio('unchanged').toFixed(2)} ×`);
  return [
    printPromise('inserts with digests against without', ratio('inserts'), '>=', 0.9),
    printPromise('updates with digests against without', ratio('updates'), '>=', 0.9),
  ].every(Boolean);
}

/** Both run at once: each has a database of Redis to itself. */
async function startSide(stack: BenchStack, redisDatabase: string, preload?: string): Promise<Side> {
  const database = await stack.database();
  const hub = await startBenchHub(database, new URL(redisDatabase, stack.redisUrl).href, {}, preload);
  if (preload !== undefined) {
    const client = new Client({ connectionString: database });
    await client.connect();
    await client.query('drop index items_by_key_hash');
    await client.end();
  }
  return { hub, rates: { inserts: [], updates: [], unchanged: [] } };
}

async function ingest(
  hub: BenchHub,
  vendorId: string,
  mappings: readonly unknown[],
  firstBodies: readonly Buffer[],
  laterBodies: readonly Buffer[],
): Promise<Record<Phase, number>> {
  const { token } = await hub.enrol(vendorId, mappings);
  const clients = Array.from(
    { length: CLIENTS },
    () => new BenchClient(hub.baseUrl, { authorization: `Bearer ${token}`, 'x-vendor-id': vendorId }),
  );
  const push = (bodies: readonly Buffer[], verdict: string) =>
    inParallel(bodies, CLIENTS, async (body, worker) => {
      const reply = await (clients[worker] as BenchClient).post('/api/sync/items', body);
      if (!reply.includes(verdict) || reply.includes('"failed","')) throw new Error(`unexpected verdicts: ${reply.slice(0, 300)}`);
    });
  const seconds = {
    inserts: await push(firstBodies, '"created"'),
    updates: await push(laterBodies, '"updated"'),
    unchanged: await push(laterBodies, '"unchanged"'),
  };
  clients.forEach((client) => client.close());
  return seconds;
}

function bodiesOf(rows: readonly ItemRow[]): Buffer[] {
  return Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, i) =>
    Buffer.from(JSON.stringify({ items: rows.slice(i * BATCH, (i + 1) * BATCH) })),
  );
}
