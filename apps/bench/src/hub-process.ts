import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '@repo/dev-stack/ports';

const MAIN = path.resolve(__dirname, '../../api/dist/main.js');
const API_SECRET = 'bench-api-secret-0123456789-0123456789';
const AGENT_SECRET = 'bench-agent-secret-0123456789';

/** A built hub in a process of its own, with limits out of the way. */
export interface BenchHub {
  baseUrl: string;
  pid: number;
  /** Registers a vendor and seeds what its items need. */
  enrol(vendorId: string, mappings?: readonly unknown[], agentUrl?: string): Promise<{ token: string }>;
  post(path: string, headers: Record<string, string>, body: unknown): Promise<unknown>;
  /** An admin key. */
  apiKey: string;
  /** Resident memory in bytes, as the operating system counts it: all of it, and without what is mapped from files. */
  residentBytes(): { all: number; anonymous: number };
  /** CPU time that the process has taken so far, in milliseconds. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** `preload`: a module that the hub's process loads before anything of the hub. */
export async function startBenchHub(
  databaseUrl: string,
  redisUrl: string,
  env: Record<string, string> = {},
  preload?: string,
): Promise<BenchHub> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const limits = Object.fromEntries(
    ['GLOBAL', 'INGEST', 'BATCH', 'AGENT', 'ORDERS', 'ADMIN', 'REGISTER', 'AUTH_FAILURES'].map((name) => [
      `RATE_LIMIT_${name}`,
      '100000000',
    ]),
  );
  // For profiles: BENCH_NODE_FLAGS='--cpu-prof --cpu-prof-dir=…' (flags of Node for the hub).
  const flags = process.env['BENCH_NODE_FLAGS']?.split(' ') ?? [];
  if (preload !== undefined) flags.push('--require', preload);
  const child = spawn(process.execPath, [...flags, MAIN], {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'test',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      API_SECRET,
      AGENT_SECRET,
      OUTBOUND_SECRET: 'bench-outbound-secret-0123456789-0123456789',
      ...limits,
      ...env,
    },
    stdio: ['ignore', process.env['BENCH_LOG'] === undefined ? 'ignore' : 'inherit', 'inherit'],
  });
  // A bench that breaks off leaves no hub behind.
  const endToo = () => child.kill('SIGKILL');
  process.once('exit', endToo);
  child.once('exit', () => process.off('exit', endToo));
  await waitUntilReady(baseUrl, child);
  const pid = child.pid ?? 0;
  return {
    baseUrl,
    pid,
    apiKey: API_SECRET,
    post: (where, headers, body) => call(baseUrl + where, headers, body),
    async enrol(vendorId, mappings = [], agentUrl) {
      const registered = await call(
        `${baseUrl}/api/agents/register`,
        { authorization: `Bearer ${AGENT_SECRET}` },
        { vendorId, erpType: 'Bench', agentUrl },
      );
      if (mappings.length > 0) {
        await call(`${baseUrl}/api/admin/mappings/seed`, { 'x-api-key': API_SECRET }, { vendorId, mappings });
      }
      return { token: (registered as { token: string }).token };
    },
    residentBytes() {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN) * 1024;
      return { all: bytes('VmRSS'), anonymous: bytes('RssAnon') };
    },
    cpuMs() {
      // Fields 14 and 15, counted behind the name, which may hold spaces; in ticks of 10 ms.
      const [, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return (Number(fields[10]) + Number(fields[11])) * 10;
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

async function call(url: string, headers: Record<string, string>, body: unknown): Promise<unknown> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${url} gave ${reply.status}: ${await reply.text()}`);
  return reply.json();
}

async function waitUntilReady(baseUrl: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the hub ended with ${child.exitCode} while starting`);
    const ready = await fetch(`${baseUrl}/health/ready`).then(
      (reply) => reply.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
