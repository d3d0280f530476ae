import { createDatabase, type TemporaryDatabase } from '@repo/dev-stack/databases';
import { nextRedisUrl } from '@repo/dev-stack/test-servers';
import { expectProblem } from '../security/security-fixture';
import { eventually, startHub, type Hub, type HubReply } from '../support/hub';
import { startServerProxy, type ServerProxy } from '../support/server-proxy';

/** A promise of the hub's: whoever looks has an answer within 3 s. The rest is for a machine that has much to do. */
const AN_ANSWER_MS = 10_000;

let hub: Hub;
let database: TemporaryDatabase;
const ways: Record<'database' | 'redis', ServerProxy> = {} as never;
beforeAll(async () => {
  database = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '', { template: process.env['TEST_TEMPLATE'] });
  ways.database = await startServerProxy(database.url);
  ways.redis = await startServerProxy(await nextRedisUrl());
  hub = await startHub({ env: { ROLE: 'api', DB_POOL_SIZE: '3', DATABASE_URL: ways.database.url, REDIS_URL: ways.redis.url } });
});
afterAll(async () => {
  await hub.stop();
  await Promise.all([ways.database.close(), ways.redis.close()]);
  await database.drop();
});

async function look(path: string, headers: Record<string, string> = {}): Promise<HubReply> {
  const reply = await fetch(hub.baseUrl + path, { headers, redirect: 'manual', signal: AbortSignal.timeout(AN_ANSWER_MS) });
  const text = await reply.text();
  const json = reply.headers.get('content-type')?.includes('json') === true;
  return { status: reply.status, headers: reply.headers, body: json ? JSON.parse(text) : text };
}

/** As metrics say it. */
const serversUp = async () =>
  Object.fromEntries([...(await look('/metrics')).body.matchAll(/^hub_server_up\{server="(\w+)"\} (\d)$/gm)].map(([, ...pair]) => pair));
const isWell = async () => (await look('/health')).status === 200;

describe.each([
  ['database', 'redis', 'agents'],
  ['redis', 'database', 'bullmq'],
] as const)('%s', (server, other, withIt) => {
  it.each([
    ['hangs', async () => ways[server].hang()],
    ['is gone', () => ways[server].cut()],
  ])(
    '%s: health says so, why and since when, as do metrics; and that it is well again',
    async (_how, away) => {
      const asked = new Date();
      expect(await isWell()).toBe(true);
      await away();
      const { status, body } = await look('/health');
      expect({ status, down: Object.keys(body.error).sort(), up: body.info[other].status }).toEqual({
        status: 503,
        down: [server, withIt].sort(),
        up: 'up',
      });
      expect(body.error[server].message).toMatch(/^(no answer|not reachable|E[A-Z]+$)/);
      const since = new Date(body.error[server].since);
      expect(since.getTime()).toBeGreaterThanOrEqual(asked.getTime());
      // It stays at that, however often one asks: and one asks often enough to use the pool up.
      const [states, again, live, ready] = await Promise.all([
        serversUp(),
        Promise.all(Array.from({ length: 5 }, () => look('/health'))),
        look('/health/live'),
        look('/health/ready'),
      ]);
      expect(again.map((each) => each.body.error[server].since)).toEqual(again.map(() => since.toISOString()));
      expect(states).toMatchObject({ [server]: '0', [other]: '1' });
      expect([live.status, ready.status]).toEqual([200, server === 'database' ? 503 : 200]);
      await ways[server].mend();
      await eventually(isWell);
      expect(await serversUp()).toMatchObject({ [server]: '1' });
      const back = (await look('/health')).body.info[server];
      expect(new Date(back.since).getTime()).toBeGreaterThan(since.getTime());
    },
    60_000,
  );
});

it('notices by itself, and the log says it once', async () => {
  const told = () => hub.logs().split('a server is away').length - 1;
  const before = told();
  await ways.redis.cut();
  await eventually(async () => told() > before);
  await ways.redis.mend();
  await eventually(isWell);
  expect(told()).toBe(before + 1);
  expect(hub.logs()).not.toContain('"level":50');
});

it('the queue board says that Redis is away instead of waiting for it, to people and to programs', async () => {
  const key = { 'x-api-key': hub.apiSecret };
  ways.redis.hang();
  const [answer, page] = await Promise.all([
    look('/admin/queues/api/queues', key),
    look('/admin/queues/', { ...key, accept: 'text/html' }),
  ]);
  expectProblem(answer, 503, 'unavailable');
  expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
  expect(page.body).toContain('Redis cannot be reached');
  await ways.redis.mend();
  await eventually(async () => (await look('/admin/queues/api/queues', key)).status === 200);
});
