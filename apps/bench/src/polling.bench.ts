import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchStack } from './bench-stack';
import { catalogueOf, orderOf, UNIT_AND_VAT } from './delivery-bench-hub';
import { BenchClient, inParallel } from './http-client';
import { startBenchHub, type BenchHub } from './hub-process';
import { percentile, print, printPromise } from './report';

const WATCHED_MS = 65_000;
const COMPLETED = Buffer.from(JSON.stringify({ status: 200, body: { status: 'completed', erpReference: 'B-1' } }));

/** What agents that poll cost while nothing happens, and how fast a call is in their hands. */
export async function benchPolling(stack: BenchStack, { rows: agents = 500 } = {}): Promise<boolean> {
  const hub = await startBenchHub(await stack.database(), stack.redisUrl);
  const waiting = await benchWaiting(hub, agents);
  await hub.stop();
  const second = await startBenchHub(await stack.database(), stack.redisUrl);
  const latency = await benchHandOut(second);
  await second.stop();
  return [waiting, latency].every(Boolean);
}

/** The CPU that a hub takes with so many open polls, over more than one renewal of every remembered token. */
async function benchWaiting(hub: BenchHub, agents: number): Promise<boolean> {
  await sleep(2_000);
  const idle = await share(hub, 10_000);
  const numbers = Array.from({ length: agents }, (_, i) => i);
  const clients: BenchClient[] = [];
  await inParallel(numbers, 4, async (i) => {
    const { token } = await hub.enrol(`agent-${i}`);
    clients[i] = clientOf(hub, `agent-${i}`, token);
  });
  const over = new AbortController();
  const counter = { polls: 0 };
  // Every agent's first poll takes a check of its token by bcrypt.
  const loops = clients.map((client) => {
    const first = client.post('/api/agents/poll', Buffer.from('{"waitSeconds":0}'));
    return { first, done: first.then(() => pollUntil(client, over.signal, counter)) };
  });
  await Promise.all(loops.map(({ first }) => first));
  await sleep(1_000);
  const before = counter.polls;
  const busy = await share(hub, WATCHED_MS);
  const measured = counter.polls - before;
  over.abort();
  await Promise.all(loops.map(({ done }) => done));
  clients.forEach((client) => client.close());
  print(`polling: ${agents} agents, ${measured} polls in ${WATCHED_MS / 1000} s`);
  print(`  a hub without agents takes ${(idle * 100).toFixed(1)} % of a core, with them ${(busy * 100).toFixed(1)} %`);
  return printPromise('of a core for agents that wait', (busy - idle) * 100, '<', 5, '%');
}

async function pollUntil(client: BenchClient, over: AbortSignal, counter: { polls: number }): Promise<void> {
  while (!over.aborted) {
    await client.post('/api/agents/poll', Buffer.from('{"waitSeconds":25}'));
    counter.polls += 1;
  }
}

/** From the reply to whoever placed an order to the call in the hands of an agent that polls, one at a time. */
async function benchHandOut(hub: BenchHub, orders = 200): Promise<boolean> {
  const { token } = await hub.enrol('polling', UNIT_AND_VAT);
  const auth = { authorization: `Bearer ${token}`, 'x-vendor-id': 'polling' };
  await hub.post('/api/sync/items', auth, { items: catalogueOf() });
  const [placing, polling, replying] = [
    new BenchClient(hub.baseUrl, { 'x-api-key': hub.apiKey }),
    clientOf(hub, 'polling', token),
    clientOf(hub, 'polling', token),
  ];
  const times: number[] = [];
  for (let i = 0; i < orders; i++) {
    const polled = poll(polling);
    await sleep(10);
    await placing.post('/api/orders', orderOf('polling', `P-${i}`), 201);
    const placed = performance.now();
    const { callId, at } = await polled;
    if (i >= 20) times.push(Math.max(0, at - placed));
    await replying.post(`/api/agents/calls/${callId}/reply`, COMPLETED, 204);
  }
  [placing, polling, replying].forEach((client) => client.close());
  print(
    `  idle: from placed to the agent's hands p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`,
  );
  return printPromise("placed to the polling agent's hands, p50, idle", percentile(times, 0.5), '<', 50, 'ms');
}

/** The first call that comes, and when (milliseconds, as `performance.now()`). */
async function poll(client: BenchClient): Promise<{ callId: string; at: number }> {
  for (;;) {
    const text = await client.post('/api/agents/poll', Buffer.from('{"max":1,"waitSeconds":25}'));
    const at = performance.now();
    const [call] = (JSON.parse(text) as { calls: { callId: string }[] }).calls;
    if (call !== undefined) return { callId: call.callId, at };
  }
}

function clientOf({ baseUrl }: BenchHub, vendorId: string, token: string): BenchClient {
  return new BenchClient(baseUrl, { authorization: `Bearer ${token}`, 'x-vendor-id': vendorId });
}

/** The share of one core that the hub takes over so long. */
async function share(hub: BenchHub, overMs: number): Promise<number> {
  const [cpu, start] = [hub.cpuMs(), performance.now()];
  await sleep(overMs);
  return (hub.cpuMs() - cpu) / (performance.now() - start);
}
