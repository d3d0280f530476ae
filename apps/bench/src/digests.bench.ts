import { setTimeout as sleep } from 'node:timers/promises';
import { computeRoot, readRoots, type Root } from '@repo/shared/database/ingest/digest-root';
import { checkRoot } from '@repo/shared/database/reconciliation/check-root';
import { Client, Pool } from 'pg';
import type { BenchStack } from './bench-stack';
import { benchDigestUpkeep } from './digest-upkeep.bench';
import { BenchClient, inParallel } from './http-client';
import { startBenchHub, type BenchHub } from './hub-process';
import { loadItems, LOADED_MAPPINGS } from './load-items';
import { median, percentile, print, printPromise, whole } from './report';
import { SocketClient, wireRequest } from './socket-client';

const BEATS = 2_000;
const FLOOD_MS = 15_000;
const FLOOD_CLIENTS = 4;
const BEAT_EVERY_MS = 10;
const FOLDED_WITHIN_MS = 30_000;

/** What digests cost: heartbeats of a vendor with a million items, alone and in a flood of small batches, and the ingest itself. */
export async function benchDigests(stack: BenchStack, { rows = 1_000_000 } = {}): Promise<boolean> {
  const beats = await benchBeats(stack, rows);
  const upkeep = await benchDigestUpkeep(stack, { rows: Math.min(20_000, rows) });
  return beats && upkeep;
}

async function benchBeats(stack: BenchStack, rows: number): Promise<boolean> {
  const database = await stack.database();
  const hub = await startBenchHub(database, stack.redisUrl);
  const client = new Client({ connectionString: database });
  const pool = new Pool({ connectionString: database, max: 1 });
  await client.connect();
  try {
    const root = await loadWithRoot(client, pool, rows);
    const large = await wire(hub, 'large', { items: root });
    const small = await wire(hub, 'small', { items: { count: 0, digest: '0'.repeat(16) } });
    const line = await SocketClient.open(hub.baseUrl);
    const [alone, empty] = [[] as number[], [] as number[]];
    for (let beat = -200; beat < BEATS; beat++) {
      const [one, other] = [await timeBeat(line, large.withDigests, 'in_sync'), await timeBeat(line, small.withDigests, 'in_sync')];
      // The first ones verify the tokens, and warm the code up.
      if (beat >= 0) void [alone.push(one), empty.push(other)];
    }
    print(
      `digests: heartbeats of a vendor with ${whole(rows)} items, one after the other; then ${FLOOD_MS / 1000} s of batches of one row`,
    );
    tell('in sync', alone);
    tell('of a vendor without rows', empty);
    await tellChecks(pool);
    const flood = await floodWithBatches(hub, line, large);
    tell('in the flood, with digests', flood.withDigests);
    tell('in the flood, without', flood.plain);
    print(`  ${'batches'.padEnd(28)} ${whole(flood.batches)}, ${whole(flood.batches / (FLOOD_MS / 1000))} a second`);
    const folded = await foldedAfterMs(pool);
    print(`  ${'all folded after'.padEnd(28)} ${whole(folded)} ms`);
    const exact = (await readRoots(pool, 'large')).items;
    const computed = await computeRoot(pool, 'large', 'items');
    line.close();
    return [
      printPromise('heartbeat with digests, p99', percentile(alone, 0.99), '<', 10, 'ms'),
      printPromise('the same against a vendor without rows, p50', median(alone) / median(empty), '<', 1.5),
      printPromise(
        'in the flood, with digests against without, p99',
        percentile(flood.withDigests, 0.99) / percentile(flood.plain, 0.99),
        '<',
        2,
      ),
      printPromise(
        'running root is that of the rows',
        Number(exact.digest === computed.digest && exact.count === computed.count),
        '>=',
        1,
        '',
      ),
    ].every(Boolean);
  } finally {
    await client.end();
    await pool.end();
    await hub.stop();
  }
}

/** The vendor `large`, whose running root is that of its rows, and `small`, which has none. */
async function loadWithRoot(client: Client, pool: Pool, rows: number): Promise<Root> {
  await loadItems(client, 'large', rows);
  const root = await computeRoot(pool, 'large', 'items');
  await client.query(`insert into sync_digests (vendor_id, entity, count, digest, folded_at) values ('large', 'items', $1, $2, now())`, [
    root.count,
    BigInt(`0x${root.digest}`).toString(),
  ]);
  return root;
}

/** What a comparison by the hour or by hand begins with, and what each round of healing ends with. */
async function tellChecks(pool: Pool): Promise<void> {
  for (const hashing of [false, true]) {
    const start = performance.now();
    const { wrong, mended } = await checkRoot(pool, 'large', 'items', { hashing });
    if (wrong !== undefined || mended > 0) throw new Error(`there was something to be mended: ${JSON.stringify({ wrong, mended })}`);
    const name = hashing ? 'counted, every row hashed' : 'root counted from the rows';
    print(`  ${name.padEnd(28)} ${whole(performance.now() - start)} ms`);
  }
}

interface Agent {
  headers: Record<string, string>;
  withDigests: Buffer;
  plain: Buffer;
}

async function wire(hub: BenchHub, vendorId: string, digests: object): Promise<Agent> {
  const { token } = await hub.enrol(vendorId, LOADED_MAPPINGS);
  const headers = { Authorization: `Bearer ${token}`, 'X-Vendor-Id': vendorId };
  const beat = (said: object) => wireRequest('POST', '/api/agents/heartbeat', headers, JSON.stringify({ version: '1.4.2', ...said }));
  return { headers, withDigests: beat({ digests }), plain: beat({}) };
}

async function timeBeat(line: SocketClient, beat: Buffer, expected: string): Promise<number> {
  const start = performance.now();
  const { status, body } = await line.exchange(beat);
  if (status !== 200 || !body.includes(expected)) throw new Error(`a heartbeat gave ${status}: ${body.slice(0, 300)}`);
  return performance.now() - start;
}

/** Batches of one changed row, as many as four clients can send, and heartbeats beside them, in turn with digests and without. */
async function floodWithBatches(
  hub: BenchHub,
  line: SocketClient,
  { headers, withDigests, plain }: Agent,
): Promise<{ batches: number; withDigests: number[]; plain: number[] }> {
  const end = performance.now() + FLOOD_MS;
  const clients = Array.from({ length: FLOOD_CLIENTS }, () => new BenchClient(hub.baseUrl, headers));
  let batches = 0;
  const flooding = inParallel(clients, FLOOD_CLIENTS, async (client, number) => {
    for (let version = 2; performance.now() < end; version++) {
      // One that was loaded: each batch is an update, and changes the root.
      const row = { sku: `SKU-${number}`, name: `Version ${version}`, contentHash: `hash-${number}-v${version}` };
      const items = [{ ...row, lastSyncedAt: '2026-01-02T00:00:00Z', erpUnitCode: 'PCE', erpVatCode: 'T1' }];
      await client.post('/api/sync/items', Buffer.from(JSON.stringify({ items })));
      batches++;
    }
  });
  const times = { withDigests: [] as number[], plain: [] as number[] };
  while (performance.now() < end) {
    times.withDigests.push(await timeBeat(line, withDigests, '"online"'));
    times.plain.push(await timeBeat(line, plain, '"online"'));
    await sleep(BEAT_EVERY_MS);
  }
  await flooding;
  clients.forEach((client) => client.close());
  return { batches, ...times };
}

/** How long it takes until no delta is left to be read. */
async function foldedAfterMs(pool: Pool): Promise<number> {
  const start = performance.now();
  for (;;) {
    const { rows } = await pool.query<{ n: string }>('select count(*) as n from sync_digest_deltas');
    if (rows[0]?.n === '0') return performance.now() - start;
    if (performance.now() - start > FOLDED_WITHIN_MS) throw new Error(`${rows[0]?.n} deltas are not folded after ${FOLDED_WITHIN_MS} ms`);
    await sleep(100);
  }
}

function tell(name: string, times: readonly number[]): void {
  const at = (share: number) => percentile(times, share).toFixed(2);
  print(`  ${name.padEnd(28)} p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${Math.max(...times).toFixed(1)} ms (${whole(times.length)})`);
}
