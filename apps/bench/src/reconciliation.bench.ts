import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Client } from 'pg';
import type { BenchStack } from './bench-stack';
import type { SetChange } from './comparing-agent';
import { halveTheRange } from './halve-the-range';
import { startBenchHub, type BenchHub } from './hub-process';
import { loadItems, LOADED_MAPPINGS } from './load-items';
import { print, printPromise, whole } from './report';

const VENDOR = 'compared';

interface EndEvent {
  eventType: string;
  summary: { runId: string; calls: number; bytes: number; rows: Record<string, number> };
  durationMs: number;
}

/** Differences of every size between a hub and an agent's process of a million items each: all found and healed, and what that takes. */
export async function benchReconciliation(stack: BenchStack, { rows = 1_000_000 } = {}): Promise<boolean> {
  const database = await stack.database();
  const hub = await startBenchHub(database, stack.redisUrl);
  const agent = fork(path.join(__dirname, 'comparing-agent.js'), [String(rows)], { execArgv: ['--max-old-space-size=6000'] });
  const client = new Client({ connectionString: database });
  try {
    const [{ port }] = (await once(agent, 'message')) as [{ port: number }];
    await hub.enrol(VENDOR, LOADED_MAPPINGS, `http://127.0.0.1:${port}`);
    await client.connect();
    await loadItems(client, VENDOR, rows);
    print(`reconciliation: ${whole(rows)} items in the hub and in an agent's process; calls and bytes of JSON, roots and rows included`);
    print('  differences            calls      bytes    hub CPU     wall    halving: calls');
    // Puts the running root right, which knows nothing of what SQL wrote.
    await compare(hub, client);
    let exact = true;
    let ten: EndEvent | undefined;
    for (const [name, change] of changesOf(rows)) {
      await tell(agent, change);
      const wanted = change.changed.length + change.removed.length + change.added.length;
      const places = Array.from({ length: wanted }, (_, i) => Math.floor(((i * 0.6180339887 + 0.1) % 1) * rows));
      const cpu = hub.cpuMs();
      const event = await compare(hub, client);
      const { calls, bytes, rows: found } = event.summary;
      const cost = halveTheRange(rows, places);
      print(
        `  ${name.padEnd(20)} ${whole(calls).padStart(7)} ${whole(bytes).padStart(10)} ${`${whole(hub.cpuMs() - cpu)} ms`.padStart(10)} ${`${whole(event.durationMs)} ms`.padStart(9)} ${whole(cost.calls).padStart(12)}`,
      );
      const sameKinds =
        (found['changed'] ?? 0) === change.changed.length &&
        (found['onlyInErp'] ?? 0) === change.added.length &&
        (found['onlyInHub'] ?? 0) === change.removed.length;
      const ended = event.eventType === (wanted === 0 ? 'in_sync' : 'drift_resolved');
      if (!sameKinds || !ended) print(`  MISS ${name}: ${event.eventType} ${JSON.stringify(found)}`);
      exact &&= sameKinds && ended;
      if (name === '10 changed') ten = event;
    }
    // Of the ten: both roots, and one call for the rows, come on top of those that locate.
    const located = (ten?.summary.calls ?? Number.NaN) - 3;
    return [
      printPromise('calls that locate ten rows, after the root', located, '<', 4, 'calls'),
      printPromise('JSON of all calls for ten rows', (ten?.summary.bytes ?? Number.NaN) / 1024, '<', 96, 'KB'),
      printPromise('sets found and healed exactly', Number(exact), '>=', 1, ''),
    ].every(Boolean);
  } finally {
    await client.end();
    agent.disconnect();
    await hub.stop();
  }
}

/** Consecutive: what one finds is healed before the next. No item is changed after it was removed: `place` keeps them apart. */
function changesOf(rows: number): [string, SetChange][] {
  const spread = (count: number, place: number) =>
    Array.from({ length: count }, (_, i) => Math.floor(Math.floor((i * rows) / count) / 16) * 16 + place);
  const next = (count: number, from: number) => Array.from({ length: count }, (_, i) => rows + from + i);
  const none: SetChange = { changed: [], removed: [], added: [] };
  const part = Math.min(1, rows / 1_000_000);
  const some = (count: number) => Math.max(1, Math.floor(count * part));
  return [
    ['none', none],
    ['1 changed', { ...none, changed: [7] }],
    ['10 changed', { ...none, changed: spread(10, 3) }],
    ['10 neighbours', { ...none, changed: Array.from({ length: 10 }, (_, i) => 1_000 + i) }],
    ['10 missing', { ...none, added: next(10, 0) }],
    ['10 extra', { ...none, removed: spread(10, 11) }],
    ['1,000 mixed', { changed: spread(some(400), 4), removed: spread(some(300), 5), added: next(some(300), 1_000) }],
    ['50,000 mixed', { changed: spread(some(20_000), 6), removed: spread(some(15_000), 7), added: next(some(15_000), 10_000) }],
  ];
}

async function tell(agent: ChildProcess, change: SetChange): Promise<void> {
  agent.send(change);
  await once(agent, 'message');
}

/** One comparison by hand, to its last event. */
async function compare(hub: BenchHub, client: Client): Promise<EndEvent> {
  await client.query('update agent_registry set last_heartbeat = now() where vendor_id = $1', [VENDOR]);
  const admin = { 'x-api-key': hub.apiKey };
  const { runs } = (await hub.post('/api/admin/reconciliation/trigger', admin, { vendorId: VENDOR, entity: 'items' })) as {
    runs: { jobId: string }[];
  };
  for (;;) {
    const { rows } = await client.query<EndEvent>(
      `select event_type as "eventType", summary, duration_ms as "durationMs" from reconciliation_events
       where vendor_id = $1 and event_type <> 'drift_detected' and summary ->> 'runId' = $2`,
      [VENDOR, runs[0]?.jobId],
    );
    if (rows[0] !== undefined) return rows[0];
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
