import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Client } from 'pg';
import type { BenchStack } from './bench-stack';
import { startBenchHub } from './hub-process';
import { median, print, printPromise, whole } from './report';
import { SocketClient, wireRequest } from './socket-client';

const CONNECTIONS = 16;

/** Authenticated heartbeats of 16 agents, beside the bare route that does one update; rounds alternate. */
export async function benchHeartbeat(stack: BenchStack, { rounds = 9, seconds = 3 } = {}): Promise<boolean> {
  const database = await stack.database();
  const hub = await startBenchHub(database, stack.redisUrl);
  const vendors = Array.from({ length: CONNECTIONS }, (_, i) => `agent-${i}`);
  const said = { version: '1.4.2', agentTime: new Date().toISOString() };
  const toHub: Buffer[] = [];
  const toBare: Buffer[] = [];
  for (const vendorId of vendors) {
    const { token } = await hub.enrol(vendorId);
    const headers = { Authorization: `Bearer ${token}`, 'X-Vendor-Id': vendorId };
    toHub.push(wireRequest('POST', '/api/agents/heartbeat', headers, JSON.stringify(said)));
    toBare.push(wireRequest('POST', '/heartbeat', {}, JSON.stringify({ vendorId, ...said })));
  }
  await copyAgents(database);
  const bare = await startBare(database);
  const hubClients = await openAll(hub.baseUrl);
  const bareClients = await openAll(bare.baseUrl);
  const rates: { hub: number[]; bare: number[] } = { hub: [], bare: [] };
  for (let round = 0; round <= rounds; round++) {
    const bareRate = await rateOf(bareClients, toBare, seconds);
    const hubRate = await rateOf(hubClients, toHub, seconds);
    // The first round warms up both sides, and has every token verified.
    if (round === 0) continue;
    rates.bare.push(bareRate);
    rates.hub.push(hubRate);
  }
  [...hubClients, ...bareClients].forEach((client) => client.close());
  bare.stop();
  await hub.stop();

  print(`heartbeat: ${CONNECTIONS} connections, an agent each, rounds of ${seconds} s, median of ${rounds} (min–max)`);
  for (const [name, values] of Object.entries({ 'bare Fastify': rates.bare, hub: rates.hub })) {
    print(
      `  ${name.padEnd(16)} ${whole(median(values)).padStart(8)} req/s   (${whole(Math.min(...values))}–${whole(Math.max(...values))})`,
    );
  }
  return printPromise('heartbeats against bare', median(rates.hub) / median(rates.bare), '>=', 0.4);
}

/** The same table with the same rows, for the bare route. */
async function copyAgents(database: string): Promise<void> {
  const client = new Client({ connectionString: database });
  await client.connect();
  await client.query('create table bare_agents (like agent_registry including all)');
  await client.query('insert into bare_agents select * from agent_registry');
  await client.end();
}

async function startBare(database: string): Promise<{ baseUrl: string; stop(): void }> {
  const child = fork(path.join(__dirname, 'bare-fastify.js'), [database]);
  const [baseUrl] = (await once(child, 'message')) as [string];
  return { baseUrl, stop: () => child.disconnect() };
}

const openAll = (baseUrl: string) => Promise.all(Array.from({ length: CONNECTIONS }, () => SocketClient.open(baseUrl)));

/** Replies a second, each connection sending its next request when it has its reply. */
async function rateOf(clients: readonly SocketClient[], requests: readonly Buffer[], seconds: number): Promise<number> {
  const start = performance.now();
  const end = start + seconds * 1000;
  let replies = 0;
  await Promise.all(
    clients.map(async (client, i) => {
      while (performance.now() < end) {
        const { status, body } = await client.exchange(requests[i] as Buffer);
        if (status !== 200 || !body.includes('"online"')) throw new Error(`a heartbeat gave ${status}: ${body.slice(0, 300)}`);
        replies++;
      }
    }),
  );
  return (replies / (performance.now() - start)) * 1000;
}
