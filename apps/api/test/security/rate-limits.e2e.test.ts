import type { Hub, HubReply, TestAgent } from '../support/hub';
import { registerAgent, startHub } from '../support/hub';
import { item, mappedVendor } from '../support/rows';
import { sendRaw } from './raw-http';
import { expectProblem, KEYS, startHubWithKeys } from './security-fixture';

/** How many requests of a kind get through until one is refused; whoever asks for more than `most` gives up. */
async function countUntilRefused(send: (i: number) => Promise<HubReply>, most = 20): Promise<number> {
  for (let i = 0; i < most; i++) {
    const reply = await send(i);
    if (reply.status !== 429) continue;
    expectProblem(reply, 429, 'rate_limited');
    const seconds = Number(reply.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    return i;
  }
  return most;
}

describe('API4:2023 rate limits, counted over two instances', () => {
  const LIMITS = { GLOBAL: 3, INGEST: 5, BATCH: 2, AGENT: 7, ORDERS: 6, ADMIN: 9, REGISTER: 4 };
  let hubs: [Hub, Hub];
  let agent: TestAgent;
  let neighbour: TestAgent;
  beforeAll(async () => {
    const env = Object.fromEntries(Object.entries(LIMITS).map(([name, limit]) => [`RATE_LIMIT_${name}`, String(limit)]));
    const keys = {
      API_KEYS: Object.entries(KEYS)
        .map(([scope, { name, secret }]) => `${name}:${scope}:${secret}`)
        .join(','),
    };
    const first = await startHub({ env: { ...env, ...keys } });
    hubs = [first, await startHub({ beside: first, env: { ...env, ...keys } })];
    agent = await registerAgent(first, 'counted');
    neighbour = await registerAgent(first, 'neighbour');
  });
  afterAll(async () => {
    await hubs[1].stop();
    await hubs[0].stop();
  });

  const inTurns = (i: number): Hub => hubs[i % 2] as Hub;
  const push = (who: TestAgent, route: string) => (i: number) =>
    inTurns(i).agent(who, 'POST', `/api/sync/${route}`, { items: [item(`I-${i}`)] });
  const withKey = (secret: string, path: string) => (i: number) => inTurns(i).request('GET', path, undefined, { 'x-api-key': secret });

  it.each([
    ['ingest', 'items', LIMITS.INGEST],
    ['batch', 'items/batch', LIMITS.BATCH],
  ])('gives each vendor its own %s bucket, which the global limit does not touch', async (_class, route, limit) => {
    expect(await countUntilRefused(push(agent, route))).toBe(limit);
    expect(await countUntilRefused(push(neighbour, route))).toBe(limit);
  });

  it('counts what agents say of themselves in one bucket a vendor, whatever ingest has used', async () => {
    const calls = (i: number) =>
      i % 2 === 0 ? inTurns(i >> 1).agent(agent, 'POST', '/api/agents/heartbeat') : inTurns(i >> 1).agent(agent, 'GET', '/api/agents/me');
    expect(await countUntilRefused(calls)).toBe(LIMITS.AGENT);
    expect((await hubs[0].agent(neighbour, 'POST', '/api/agents/heartbeat')).status).toBe(200);
  });

  it('counts reads and administration by key, each in its own bucket', async () => {
    expect(await countUntilRefused(withKey(KEYS.read.secret, '/api/items?vendorId=counted'))).toBe(LIMITS.ORDERS);
    expect(await countUntilRefused(withKey(KEYS.admin.secret, '/api/admin/agents'))).toBe(LIMITS.ADMIN);
    expect((await withKey(KEYS.orders.secret, '/api/items?vendorId=counted')(0)).status).toBe(200);
    expect((await withKey(KEYS.admin.secret, '/api/items?vendorId=counted')(0)).status).toBe(200);
    expect((await hubs[0].admin('GET', '/api/admin/agents')).status).toBe(200);
  });

  it('counts registrations by IP, also those that are refused', async () => {
    // Two agents were registered before.
    const register = (i: number) =>
      inTurns(i).request('POST', '/api/agents/register', { vendorId: 'x', erpType: 'x' }, { authorization: 'Bearer wrong' });
    expect(await countUntilRefused(register)).toBe(LIMITS.REGISTER - 2);
    expectProblem(
      await hubs[0].request(
        'POST',
        '/api/agents/register',
        { vendorId: 'y', erpType: 'x' },
        { authorization: `Bearer ${hubs[0].agentSecret}` },
      ),
      429,
      'rate_limited',
    );
  });

  it('counts everything else by IP, and health not at all', async () => {
    expect(await countUntilRefused((i) => inTurns(i).request('GET', `/nowhere/${i}`))).toBe(LIMITS.GLOBAL);
    expect(await countUntilRefused((i) => inTurns(i).request('GET', '/health/live'))).toBe(20);
  });

  it('does not spend a bucket on requests whose credential is refused', async () => {
    const third = { vendorId: 'never', token: 'agt_wrong' };
    for (let i = 0; i < LIMITS.INGEST + 2; i++) {
      expectProblem(await hubs[0].agent(third, 'POST', '/api/sync/items', { items: [item('A')] }), 401, 'unauthorized');
    }
  });

  it('says in the metrics which bucket refused', async () => {
    const texts = await Promise.all(hubs.map(async (hub) => (await hub.request('GET', '/metrics')).body as string));
    const refused = new Set(
      texts.flatMap((text) => [...text.matchAll(/^http_rate_limited_total\{bucket="(\w+)"\} [1-9]/gm)].map(([, bucket]) => bucket)),
    );
    expect(refused).toEqual(new Set(['admin', 'agent', 'batch', 'global', 'ingest', 'orders', 'register']));
  });
});

describe('API4:2023 rate limits and X-Forwarded-For', () => {
  const LIMIT = 3;
  const GLOBAL = { RATE_LIMIT_GLOBAL: String(LIMIT) };
  const asked = (hub: Hub, forwarded: (i: number) => Record<string, string>) =>
    countUntilRefused((i) => hub.request('GET', '/nowhere', undefined, forwarded(i)), 8);

  async function withHub(env: Record<string, string>, work: (hub: Hub) => Promise<void>): Promise<void> {
    const hub = await startHub({ env: { ...GLOBAL, ...env } });
    try {
      await work(hub);
    } finally {
      await hub.stop();
    }
  }

  it('does not believe it of anybody by default', () =>
    withHub({}, async (hub) => {
      const spoofed = (i: number) => ({
        'x-forwarded-for': `203.0.113.${i}`,
        'x-real-ip': `203.0.113.${i}`,
        forwarded: `for=203.0.113.${i}`,
        'x-client-ip': `203.0.113.${i}`,
        'cf-connecting-ip': `203.0.113.${i}`,
      });
      expect(await asked(hub, spoofed)).toBe(LIMIT);
      expect(hub.logs()).not.toContain('203.0.113.');
    }));

  it('does not believe it of one who is no trusted proxy', () =>
    withHub({ TRUST_PROXY: '10.0.0.0/8,192.0.2.1' }, async (hub) => {
      expect(await asked(hub, (i) => ({ 'x-forwarded-for': `203.0.113.${i}` }))).toBe(LIMIT);
    }));

  it('believes a trusted proxy what it adds, and not what its client had written before', () =>
    withHub({ TRUST_PROXY: '127.0.0.0/8, 10.0.0.0/8' }, async (hub) => {
      expect(await asked(hub, () => ({ 'x-forwarded-for': '203.0.113.1' }))).toBe(LIMIT);
      expect(await asked(hub, () => ({ 'x-forwarded-for': '203.0.113.2' }))).toBe(LIMIT);
      expect(await asked(hub, (i) => ({ 'x-forwarded-for': `198.51.100.${i}, 203.0.113.3` }))).toBe(LIMIT);
      expect(await asked(hub, (i) => ({ 'x-forwarded-for': `198.51.100.${i}, 203.0.113.3, 10.1.2.3` }))).toBe(0);
      for (const nonsense of ['x', "' or 1=1", '203.0.113.9:80', '::ffff:zz', '\u00e9', ',,,']) {
        const reply = await sendRaw(hub, 'GET', '/nowhere', { headers: { 'x-forwarded-for': nonsense } });
        expect([404, 429]).toContain(reply.status);
      }
    }));
});

describe('while Redis is away', () => {
  const REDIS_PASSWORD = 'redis-password-of-the-tests';
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHubWithKeys({
      REDIS_URL: `redis://:${REDIS_PASSWORD}@127.0.0.1:1/0`,
      RATE_LIMIT_INGEST: '2',
      RATE_LIMIT_AUTH_FAILURES: '2',
    });
  });
  afterAll(() => hub.stop());

  it('starts, takes rows, and lets requests through uncounted', async () => {
    const agent = await mappedVendor(hub, 'unlimited');
    for (let i = 0; i < 6; i++) {
      const reply = await hub.agent(agent, 'POST', '/api/sync/items', { items: [item(`I-${i}`)] });
      expect(reply.body).toMatchObject({ processed: 1 });
    }
    for (let i = 0; i < 4; i++) expectProblem(await hub.request('GET', '/api/agents/me'), 401, 'unauthorized');
    const { body } = await hub.request('GET', '/metrics');
    expect(Number(/^http_throttle_misses_total (\d+)/m.exec(body)?.[1])).toBeGreaterThanOrEqual(6);
  });

  it('is ready, but not healthy, and says what is down without saying where that is', async () => {
    expect((await hub.request('GET', '/health/ready')).status).toBe(200);
    expect((await hub.request('GET', '/health/live')).status).toBe(200);
    const { status, body } = await hub.request('GET', '/health');
    expect(status).toBe(503);
    expect(body).toMatchObject({ status: 'error', info: { database: { status: 'up' } }, error: { redis: { status: 'down' } } });
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|redis:\/\//);
  });

  it('does not log where its password could be read', () => expect(hub.logs()).not.toContain(REDIS_PASSWORD));
});
