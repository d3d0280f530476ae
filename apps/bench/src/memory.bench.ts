import { setImmediate as breathe } from 'node:timers/promises';
import { generateCatalogue } from '@repo/sample-data/generate-catalogue';
import type { BenchStack } from './bench-stack';
import { BenchClient } from './http-client';
import { startBenchHub, type BenchHub } from './hub-process';
import { median, print, printPromise, whole } from './report';

const CLIENTS = 4;
const BATCH = 5_000;
const SAMPLE_MS = 100;
const AT = new Date('2026-01-01T00:00:00Z');
const MB = 1_000_000;

interface Sample {
  all: number;
  anonymous: number;
  /** Rows answered until then. */
  rows: number;
}

/** The hub's memory while a million items come in by batches of 5,000: 4 clients, a vendor each. */
export async function benchMemory(stack: BenchStack, { rows = 1_000_000 } = {}): Promise<boolean> {
  const hub = await startBenchHub(await stack.database(), stack.redisUrl);
  const perVendor = Math.ceil(rows / CLIENTS / BATCH) * BATCH;
  const vendors = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, i) => {
      const catalogue = generateCatalogue({ seed: i, items: perVendor, at: AT });
      const vendorId = `memory-${i}`;
      const { token } = await hub.enrol(vendorId, [...catalogue.mappings()]);
      const client = new BenchClient(hub.baseUrl, { authorization: `Bearer ${token}`, 'x-vendor-id': vendorId });
      return { catalogue, client };
    }),
  );
  await (vendors[0] as (typeof vendors)[number]).client.post('/api/agents/heartbeat', Buffer.from('{}'));
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const idle = hub.residentBytes();

  let done = 0;
  const start = performance.now();
  const samples = await sampling(
    hub,
    () => done,
    () =>
      Promise.all(
        vendors.map(async ({ catalogue, client }) => {
          for await (const body of bodiesOf(catalogue.items())) {
            const reply = await client.post('/api/sync/items/batch', body);
            if (!reply.includes('"created"') || reply.includes('"failed","')) throw new Error(`unexpected: ${reply.slice(0, 300)}`);
            done += BATCH;
          }
        }),
      ),
  );
  const seconds = (performance.now() - start) / 1000;
  vendors.forEach(({ client }) => client.close());
  await hub.stop();
  return report(idle, samples, done, seconds);
}

/** Bodies of one batch each, made when they are asked for, and not in one go: the samples go on meanwhile. */
async function* bodiesOf(items: Iterable<unknown>): AsyncGenerator<Buffer> {
  let parts: string[] = [];
  for (const item of items) {
    parts.push(JSON.stringify(item));
    if (parts.length % 250 === 0) await breathe();
    if (parts.length < BATCH) continue;
    yield Buffer.from(`{"items":[${parts.join(',')}]}`);
    parts = [];
  }
}

async function sampling(hub: BenchHub, rows: () => number, work: () => Promise<unknown>): Promise<Sample[]> {
  const samples: Sample[] = [];
  const timer = setInterval(() => samples.push({ ...hub.residentBytes(), rows: rows() }), SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return samples;
}

function report(idle: Omit<Sample, 'rows'>, samples: readonly Sample[], rows: number, seconds: number): boolean {
  print(
    `memory: ${whole(rows)} items in batches of ${whole(BATCH)}, ${CLIENTS} clients, ${whole(rows / seconds)} rows/s, ${samples.length} samples (MB: resident, of it anonymous)`,
  );
  const line = (name: string, all: number, anonymous: number) =>
    print(`  ${name.padEnd(24)} ${whole(all / MB).padStart(6)} ${whole(anonymous / MB).padStart(6)}`);
  line('idle', idle.all, idle.anonymous);
  const fifths = [0, 1, 2, 3, 4].map((fifth) => samples.filter((sample) => Math.min(4, Math.floor((sample.rows / rows) * 5)) === fifth));
  const medians = fifths.map((part) => median(part.map((sample) => sample.all)));
  fifths.forEach((part, i) => line(`median of fifth ${i + 1}`, medians[i] as number, median(part.map((sample) => sample.anonymous))));
  const most = (of: 'all' | 'anonymous') => samples.reduce((highest, sample) => Math.max(highest, sample[of]), 0);
  line('most', most('all'), most('anonymous'));
  return [
    printPromise('most above idle', (most('all') - idle.all) / MB, '<', 150, 'MB'),
    printPromise('last fifth against second', (medians[4] as number) / (medians[1] as number), '<', 1.1),
  ].every(Boolean);
}
