import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, openPool } from '@repo/dev-stack/databases';
import { nextRedisUrl } from '@repo/dev-stack/test-servers';
import type { Pool } from 'pg';

const BUILT = path.resolve(__dirname, '../../dist/main.js');
/** One file of the built hub starts faster than the build itself, and has no API document; see `packages/jest-config/bundle-hub.js`. */
const MAIN = process.env['TEST_HUB_MAIN'] ?? BUILT;
const START_LIMIT_MS = 30_000;
const OUTBOUND_SECRET = 'outbound-secret-of-the-tests-0123456789';

/** A reply as tests look at it. */
export interface HubReply {
  status: number;
  headers: Headers;
  // Tests look into replies freely; what is in them is what they check.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

export interface HubOptions {
  env?: Record<string, string>;
  /** Share the database and Redis of another hub: a second instance of the same installation. */
  beside?: Hub;
}

/** A built hub in a process of its own, with a database of its own. */
export interface Hub {
  readonly baseUrl: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** For looking into the database behind the hub's back. */
  readonly pool: Pool;
  readonly apiSecret: string;
  readonly agentSecret: string;
  /** What calls to agents are authorised and signed with is derived from it. */
  readonly outboundSecret: string;
  readonly process: ChildProcess;
  /** Everything the process has printed. */
  logs(): string;
  /** A request with the given headers. */
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<HubReply>;
  /** A request with the admin key. */
  admin(method: string, path: string, body?: unknown): Promise<HubReply>;
  /** A request of an agent. */
  agent(agent: TestAgent, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<HubReply>;
  /** Stops the process as an orchestrator would; resolves with its exit code. Keeps the database until `stop` of the first hub. */
  stop(): Promise<number | null>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the process again after `kill`, on the same port and database. */
  restart(): Promise<void>;
}

export interface TestAgent {
  vendorId: string;
  token: string;
}

/** Tokens are hashed at the cost that is shipped: for tests of what that cost does. See `packages/jest-config/bundle-hub.js`. */
export const SHIPPED_HASHES: Readonly<Record<string, string>> = { BCRYPT_ROUNDS: '10' };

/** Limits so high that no test meets them unless it lowers one. */
const OPEN_LIMITS = Object.fromEntries(
  ['GLOBAL', 'INGEST', 'BATCH', 'AGENT', 'ORDERS', 'ADMIN', 'REGISTER', 'AUTH_FAILURES'].map((name) => [`RATE_LIMIT_${name}`, '1000000']),
);

export async function startHub(options: HubOptions = {}): Promise<Hub> {
  const admin = process.env['TEST_DATABASE_URL'];
  const template = process.env['TEST_TEMPLATE'];
  if (admin === undefined || template === undefined) throw new Error('the test servers are not up: see test/support/global-setup.ts');
  const own = options.beside === undefined ? await createDatabase(admin, { template }) : undefined;
  const databaseUrl = own?.url ?? options.beside?.databaseUrl ?? '';
  const redisUrl = options.beside?.redisUrl ?? (await nextRedisUrl());
  const apiSecret = options.beside?.apiSecret ?? randomBytes(24).toString('hex');
  const agentSecret = options.beside?.agentSecret ?? randomBytes(24).toString('hex');
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'test',
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    API_SECRET: apiSecret,
    AGENT_SECRET: agentSecret,
    OUTBOUND_SECRET,
    // Takes time at every start; who reads the document turns it on.
    SWAGGER_ENABLED: 'false',
    // Its database is a copy of one that is migrated.
    MIGRATE_ON_BOOT: 'false',
    // A sweep is for what a crash lost: whoever tests that has it come more often.
    RELAY_INTERVAL_MS: '5000',
    ...OPEN_LIMITS,
    ...options.env,
  };
  const pool = options.beside?.pool ?? openPool(databaseUrl, 4);
  let output = '';
  let child = await launch();

  async function launch(): Promise<ChildProcess> {
    const started = spawn(process.execPath, [env.SWAGGER_ENABLED === 'true' ? BUILT : MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    started.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    started.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const end = Date.now() + START_LIMIT_MS;
    for (;;) {
      if (started.exitCode !== null) throw new Error(`the hub ended with ${started.exitCode} while starting:\n${output}`);
      if (Date.now() > end) {
        started.kill('SIGKILL');
        throw new Error(`the hub did not start:\n${output}`);
      }
      const up = await fetch(`${baseUrl}/health/ready`).then(
        (reply) => reply.ok,
        () => false,
      );
      if (up) return started;
      await sleep(50);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    return exited;
  }

  return {
    baseUrl,
    databaseUrl,
    redisUrl,
    pool,
    apiSecret,
    agentSecret,
    outboundSecret: OUTBOUND_SECRET,
    get process() {
      return child;
    },
    logs: () => output,
    ...requestsTo(baseUrl, apiSecret),
    async stop() {
      const code = await end('SIGTERM');
      if (own !== undefined) {
        await pool.end();
        await own.drop();
      }
      return code;
    },
    async kill(signal = 'SIGKILL') {
      await end(signal);
    },
    async restart() {
      child = await launch();
    },
  };
}

/** The same installation through another door, such as a balancer before several instances. */
export function through(baseUrl: string, hub: Hub): Hub {
  return { ...hub, baseUrl, ...requestsTo(baseUrl, hub.apiSecret) };
}

function requestsTo(baseUrl: string, apiSecret: string): Pick<Hub, 'request' | 'admin' | 'agent'> {
  async function request(method: string, where: string, body?: unknown, headers: Record<string, string> = {}): Promise<HubReply> {
    const reply = await fetch(baseUrl + where, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) }),
    });
    const text = await reply.text();
    const json = reply.headers.get('content-type')?.includes('json') === true && text !== '';
    return { status: reply.status, headers: reply.headers, body: json ? JSON.parse(text) : text };
  }
  return {
    request,
    admin: (method, where, body) => request(method, where, body, { 'x-api-key': apiSecret }),
    agent: (agent, method, where, body, headers = {}) =>
      request(method, where, body, { authorization: `Bearer ${agent.token}`, 'x-vendor-id': agent.vendorId, ...headers }),
  };
}

/** Registers a vendor's agent with the registration secret. */
export async function registerAgent(hub: Hub, vendorId: string, more: Record<string, unknown> = {}): Promise<TestAgent> {
  const reply = await hub.request(
    'POST',
    '/api/agents/register',
    { vendorId, erpType: 'Test', ...more },
    { authorization: `Bearer ${hub.agentSecret}` },
  );
  if (reply.status !== 201) throw new Error(`registration of ${vendorId} gave ${reply.status}: ${JSON.stringify(reply.body)}`);
  return { vendorId, token: (reply.body as { token: string }).token };
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;

/**
 * Waits until `look` gives something else than undefined or false. What comes soon is seen soon; what takes long is looked at
 * less and less often, since the hub that is looked at shares its cores with all other tests.
 */
export async function eventually<T>(look: () => Promise<T | undefined | false>, limitMs = 15_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms`);
    await sleep(pause);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
