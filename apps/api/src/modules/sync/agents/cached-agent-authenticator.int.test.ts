import { createDatabase, type TemporaryDatabase } from '@repo/dev-stack/databases';
import { openDatabase, type Database } from '@repo/shared/database/connect';
import { insertAgent } from '@repo/shared/database/repositories/agent-credentials.repository';
import { digestOf, hashTokenDigest } from './agent-tokens';
import { BcryptTurns } from './bcrypt-turns';
import { CachedAgentAuthenticator } from './cached-agent-authenticator';
import { VerifiedTokens } from './verified-tokens';

const TOKEN = 'the-token-of-the-agent';
const IP = '192.0.2.1';
const MINUTE = 60_000;

let created: TemporaryDatabase;
let database: Database;
beforeAll(async () => {
  const { TEST_DATABASE_URL: admin = '', TEST_TEMPLATE: template = '' } = process.env;
  created = await createDatabase(admin, { template });
});
afterAll(() => created.drop());
beforeEach(() => {
  database = openDatabase({ url: created.url, poolSize: 4, applicationName: 'authenticator-test' });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await database.close();
});

/** The pool, of whose many forms of `query` only the one with a promise is used. */
const asPromises = ({ pool }: Database) => pool as unknown as { query(...args: unknown[]): Promise<unknown> };

let vendors = 0;

/** A registered agent, an authenticator with a clock of its own, and a look at what it costs. */
async function setUp() {
  const vendorId = `vendor-${++vendors}`;
  const authTokenHash = await hashTokenDigest(digestOf(TOKEN));
  await insertAgent(database.db, { vendorId, erpType: 'Test', version: null, agentUrl: null, idempotentOrders: false, authTokenHash });
  const clock = { now: 1_000 };
  const turns = new BcryptTurns();
  const verified = new VerifiedTokens();
  const failures: string[] = [];
  const limiter = { check: () => Promise.resolve(), count: (_bucket: string, who: string) => Promise.resolve(void failures.push(who)) };
  const agents = new CachedAgentAuthenticator({ db: database.db, limiter, turns, verified, now: () => clock.now });
  const spies = { query: jest.spyOn(asPromises(database), 'query'), bcrypt: jest.spyOn(turns, 'run') };
  /** The outcome, and how many queries and bcrypt turns it took. */
  const ask = async (token = TOKEN, times = 1) => {
    const before = [spies.query.mock.calls.length, spies.bcrypt.mock.calls.length];
    const outcomes = await Promise.all(
      Array.from({ length: times }, () =>
        agents.authenticate(vendorId, token, IP).then(
          (agent) => agent.vendorId,
          (error: { code?: string; message: string }) => error.code ?? error.message,
        ),
      ),
    );
    const queries = spies.query.mock.calls.length - (before[0] ?? 0);
    return { outcomes: [...new Set(outcomes)], queries, turns: spies.bcrypt.mock.calls.length - (before[1] ?? 0) };
  };
  const sql = (text: string) => database.pool.query(`update agent_registry set ${text} where vendor_id = '${vendorId}'`);
  return { vendorId, clock, verified, failures, agents, ask, sql, spies };
}

it('checks by bcrypt once, and costs nothing for a minute', async () => {
  const { vendorId, clock, ask } = await setUp();
  expect(await ask()).toMatchObject({ outcomes: [vendorId], turns: 1 });
  clock.now += MINUTE - 1;
  expect(await ask(TOKEN, 100)).toEqual({ outcomes: [vendorId], queries: 0, turns: 0 });
});

it('renews after a minute by one look at the row for a burst of requests, without bcrypt', async () => {
  const { vendorId, clock, ask } = await setUp();
  await ask();
  clock.now += MINUTE;
  expect(await ask(TOKEN, 100)).toEqual({ outcomes: [vendorId], queries: 1, turns: 0 });
  expect(await ask()).toEqual({ outcomes: [vendorId], queries: 0, turns: 0 });
});

it('checks a burst of the same first requests once', async () => {
  const { vendorId, ask } = await setUp();
  expect(await ask(TOKEN, 50)).toMatchObject({ outcomes: [vendorId], turns: 1 });
});

it('counts every one of a burst of the same wrong token, and lets the right one in afterwards', async () => {
  const { vendorId, failures, ask } = await setUp();
  expect(await ask('wrong', 7)).toMatchObject({ outcomes: ['unauthorized'], turns: 1 });
  expect(failures).toEqual(Array.from({ length: 7 }, () => IP));
  expect((await ask()).outcomes).toEqual([vendorId]);
  expect(await ask('wrong')).toMatchObject({ outcomes: ['unauthorized'], turns: 1 });
});

it.each([
  ['another token', `auth_token_hash = 'another'`, 'unauthorized'],
  ['deregistered', 'deregistered_at = now()', 'unauthorized'],
  ['disabled', 'enabled = false', 'agent_disabled'],
])('notices within a minute, though nobody tells: %s', async (_what, change, outcome) => {
  const { clock, ask, sql } = await setUp();
  await ask();
  await sql(change);
  clock.now += MINUTE;
  expect((await ask()).outcomes).toEqual([outcome]);
});

it('answers a disabled agent from memory, and lets it in once it is told', async () => {
  const { vendorId, verified, ask, sql } = await setUp();
  await sql('enabled = false');
  expect((await ask()).outcomes).toEqual(['agent_disabled']);
  expect(await ask()).toEqual({ outcomes: ['agent_disabled'], queries: 0, turns: 0 });
  await sql('enabled = true');
  verified.drop(vendorId);
  expect((await ask()).outcomes).toEqual([vendorId]);
});

it('forgets a vendor at once when it is told, and only that one', async () => {
  const { vendorId, verified, ask } = await setUp();
  await ask();
  verified.drop('another');
  expect(await ask()).toMatchObject({ turns: 0 });
  verified.drop(vendorId);
  expect(await ask()).toMatchObject({ outcomes: [vendorId], turns: 1 });
  verified.drop(undefined);
  expect(await ask()).toMatchObject({ outcomes: [vendorId], turns: 1 });
});

it('remembers nothing that it read before a change that it was told of meanwhile', async () => {
  const { vendorId, clock, verified, ask, sql, spies } = await setUp();
  await ask();
  clock.now += MINUTE;
  // The row is read, then the agent is disabled and everyone told, and only then the read gets to the one who asked.
  const read = asPromises(database).query.bind(database.pool);
  spies.query.mockImplementationOnce(async (...args: unknown[]) => {
    const old = await read(...args);
    await sql('enabled = false');
    verified.drop(vendorId);
    return old;
  });
  expect((await ask()).outcomes).toEqual(['agent_disabled']);
  expect(await ask()).toEqual({ outcomes: ['agent_disabled'], queries: 0, turns: 0 });
});

it('honours the token before the last one to the end of its overlap, and no longer', async () => {
  const { vendorId, clock, ask, sql } = await setUp();
  await sql(`previous_token_hash = auth_token_hash, auth_token_hash = 'another', previous_token_until = now() + interval '50 s'`);
  expect((await ask()).outcomes).toEqual([vendorId]);
  clock.now += 20_000;
  expect(await ask()).toEqual({ outcomes: [vendorId], queries: 0, turns: 0 });
  await sql('previous_token_until = now()');
  clock.now += 30_000;
  expect((await ask()).outcomes).toEqual(['unauthorized']);
});

it('goes on for a minute while PostgreSQL is away, then says so, and is well again afterwards', async () => {
  const { vendorId, clock, ask, spies } = await setUp();
  await ask();
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  spies.query.mockImplementation(() => Promise.reject(away));
  expect((await ask()).outcomes).toEqual([vendorId]);
  clock.now += MINUTE;
  await expect(ask()).resolves.toMatchObject({ outcomes: [expect.stringContaining('Failed query')] });
  spies.query.mockRestore();
  expect((await ask()).outcomes).toEqual([vendorId]);
});
