import { migrateDatabase } from '@repo/shared/database/migrate';
import type { BenchStack } from './bench-stack';
import { startBenchHub } from './hub-process';
import { BenchClient } from './http-client';
import { CALLS } from './operations-calls';
import { loadOperationsData, VENDORS } from './operations-data';
import { median, percentile, print, printPromise, whole } from './report';

const BOUND_MS = 100;
/** What scrapes share is kept for 5 s: each of these looks anew. */
const SCRAPES = 12;
const APART_MS = 5_100;

/** What ops and their tools ask of a hub that has a month behind it: every call under 100 ms. */
export async function benchOperations(stack: BenchStack, { rows = 1_000_000, rounds = 40 } = {}): Promise<boolean> {
  const database = await stack.database();
  await migrateDatabase(database);
  const begun = performance.now();
  const size = await loadOperationsData(database, rows);
  print(
    `operations: ${whole(rows)} jobs of ${VENDORS} vendors over 30 days, ${whole(rows)} items; loaded in ${whole((performance.now() - begun) / 1000)} s`,
  );
  print(
    `  database ${whole(size.database / 2 ** 20)} MiB; an order with lines, job and tries ${whole(size.orders / rows)} bytes, an item ${whole(size.items / rows)} bytes`,
  );
  // Nothing moves while it is looked at: an api neither offers jobs nor tries them. A day's jobs are due for a clean-up.
  const hub = await startBenchHub(database, stack.redisUrl, { ROLE: 'api', RETENTION_JOBS_DAYS: '29', RETENTION_EVENTS_DAYS: '29' });
  const client = new BenchClient(hub.baseUrl, { 'x-api-key': hub.apiKey });
  try {
    const times = new Map<string, number[]>(CALLS.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [n, { name, path }] of CALLS.entries()) {
        times.get(name)?.push(await timed(() => client.get(path.replaceAll(':v', `vendor-${(round * 7 + n * 3) % VENDORS}`))));
      }
    }
    const scrapes: number[] = [];
    for (let scrape = 0; scrape < SCRAPES; scrape++) {
      scrapes.push(await timed(() => client.get('/metrics')));
      await new Promise((resolve) => setTimeout(resolve, APART_MS));
    }
    times.set('metrics (Prometheus), nothing kept', scrapes);
    const dryRuns: number[] = [];
    for (let run = 0; run < 5; run++) {
      dryRuns.push(await timed(() => client.post('/api/admin/retention', Buffer.from('{"dryRun":true}'))));
    }
    print(`  clean-up that only counts, with a day's jobs due: median ${whole(median(dryRuns))} ms (no promise)`);
    const slowest = [...times]
      .map(([name, all]) => ({ name, p95: percentile(all, 0.95), p50: median(all) }))
      .sort((one, other) => other.p95 - one.p95);
    print(`  ${times.size} calls, ${rounds} times each; the slowest, p95 and p50 in ms:`);
    for (const { name, p95, p50 } of slowest.slice(0, 25))
      print(`    ${p95.toFixed(1).padStart(8)} ${p50.toFixed(1).padStart(8)}  ${name}`);
    const over = slowest.filter(({ p95 }) => p95 >= BOUND_MS).length;
    return [
      printPromise(`slowest of ${times.size} calls, p95`, slowest[0]?.p95 ?? Number.NaN, '<', BOUND_MS, 'ms'),
      printPromise(`calls at or over ${BOUND_MS} ms`, over, '<', 1, ''),
    ].every(Boolean);
  } finally {
    client.close();
    await hub.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
