import { randomBytes } from 'node:crypto';
import type { BenchStack } from './bench-stack';
import { startBenchHub } from './hub-process';
import { percentile, print, printPromise, whole } from './report';
import { SocketClient, wireRequest } from './socket-client';

const WRONG = 200;
const CLIENTS = 8;

/** What other requests wait while 200 wrong tokens at once, again and again, each have to be held against bcrypt. */
export async function benchFlood(stack: BenchStack, { seconds = 15 } = {}): Promise<boolean> {
  const hub = await startBenchHub(await stack.database(), stack.redisUrl);
  const heartbeats: Buffer[] = [];
  for (let i = 0; i < CLIENTS; i++) {
    const { token } = await hub.enrol(`honest-${i}`);
    const headers = { Authorization: `Bearer ${token}`, 'X-Vendor-Id': `honest-${i}` };
    heartbeats.push(wireRequest('POST', '/api/agents/heartbeat', headers, '{}'));
  }
  const live = wireRequest('GET', '/health/live', {});
  const inTurn = heartbeats.map((heartbeat) => [heartbeat, live]);
  const others = await openAll(hub.baseUrl, CLIENTS);
  const flooders = await openAll(hub.baseUrl, WRONG);
  // Warms up, and has the tokens verified.
  await latencies(others, inTurn, performance.now() + 3_000);

  const calm = await latencies(others, inTurn, performance.now() + seconds * 1000);
  const end = performance.now() + seconds * 1000;
  const [flooded, refused] = await Promise.all([latencies(others, inTurn, end), flood(flooders, end)]);
  [...others, ...flooders].forEach((client) => client.close());
  await hub.stop();

  print(`flood: ${CLIENTS} clients with heartbeats and /health/live in turn, for ${seconds} s each (ms: p50, p99, most)`);
  const row = (name: string, values: readonly number[]) => {
    const figures = [percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)];
    print(`  ${name.padEnd(24)} ${figures.map((value) => value.toFixed(1).padStart(8)).join('')}  (${whole(values.length)} requests)`);
  };
  for (const [name, measured] of Object.entries({ calm, flooded })) {
    row(`heartbeat, ${name}`, measured[0]);
    row(`/health/live, ${name}`, measured[1]);
  }
  print(`  ${whole(refused)} wrong tokens refused meanwhile, ${WRONG} waiting at any time`);
  return [
    printPromise('p99 of heartbeats in the flood', percentile(flooded[0], 0.99), '<', 100, 'ms'),
    printPromise('p99 of /health/live in the flood', percentile(flooded[1], 0.99), '<', 100, 'ms'),
  ].every(Boolean);
}

const openAll = (baseUrl: string, count: number) => Promise.all(Array.from({ length: count }, () => SocketClient.open(baseUrl)));

/** What each request took in milliseconds, heartbeats and the rest apart; each client sends its requests in turn. */
async function latencies(clients: readonly SocketClient[], inTurn: readonly Buffer[][], end: number): Promise<[number[], number[]]> {
  const taken: [number[], number[]] = [[], []];
  await Promise.all(
    clients.map(async (client, c) => {
      const kinds = inTurn[c] as Buffer[];
      for (let i = 0; performance.now() < end; i = (i + 1) % kinds.length) {
        const start = performance.now();
        const { status, body } = await client.exchange(kinds[i] as Buffer);
        if (status !== 200) throw new Error(`an honest request gave ${status}: ${body.slice(0, 300)}`);
        taken[i]?.push(performance.now() - start);
      }
    }),
  );
  return taken;
}

/** Every connection sends a new wrong token as soon as its last was refused; gives how many were by the end. */
async function flood(clients: readonly SocketClient[], end: number): Promise<number> {
  let refused = 0;
  const flooders = clients.map(async (client) => {
    while (performance.now() < end) {
      const token = `agt_${randomBytes(32).toString('base64url')}`;
      const request = wireRequest('GET', '/api/agents/me', { Authorization: `Bearer ${token}`, 'X-Vendor-Id': 'honest-0' });
      const { status } = await client.exchange(request);
      if (status !== 401) throw new Error(`a wrong token gave ${status}`);
      if (performance.now() < end) refused++;
    }
  });
  await Promise.all(flooders);
  return refused;
}
