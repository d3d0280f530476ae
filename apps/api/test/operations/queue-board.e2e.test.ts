import { Queue } from 'bullmq';
import { KEYS, expectNothingInternal, expectProblem, startHubWithKeys } from '../security/security-fixture';
import type { Hub, HubReply } from '../support/hub';

const MOST_FAILURES = 8;
const PERSON = { accept: 'text/html,application/xhtml+xml' };
const PAYLOAD = {
  vendorId: 'v-1',
  jobId: '00000000-0000-4000-8000-000000000001',
  orderId: '00000000-0000-4000-8000-000000000002',
  dispatchNo: 1,
};

let hub: Hub;
let queue: Queue;
beforeAll(async () => {
  // Nobody takes from the queue, so that there is something to see.
  hub = await startHubWithKeys({ ROLE: 'api', RATE_LIMIT_AUTH_FAILURES: String(MOST_FAILURES) });
  queue = new Queue('order-sync', { connection: { url: hub.redisUrl }, prefix: '{sync}' });
  await queue.add('order-sync', PAYLOAD, { jobId: 'one-1' });
});
afterAll(async () => {
  await queue.close();
  await hub.stop();
});

/** Without following redirects, as a browser's own request. */
async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<HubReply> {
  const reply = await fetch(`${hub.baseUrl}/admin/queues${path}`, { method, headers, body, redirect: 'manual' });
  const text = await reply.text();
  const json = reply.headers.get('content-type')?.includes('json') === true;
  return { status: reply.status, headers: reply.headers, body: json ? JSON.parse(text) : text };
}

const form = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<HubReply> =>
  ask('POST', path, { ...PERSON, 'content-type': 'application/x-www-form-urlencoded', ...headers }, new URLSearchParams(fields).toString());
const withKey = (key: string = hub.apiSecret) => ({ 'x-api-key': key });
const goesTo = ({ status, headers }: HubReply) => [status, headers.get('location')];

/** The cookie that signing in gives, as a browser sends it back. */
async function signIn(key: string): Promise<{ cookie: string }> {
  const reply = await form('/sign-in', { key });
  expect(goesTo(reply)).toEqual([303, '/admin/queues/']);
  return { cookie: (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}

describe('who may look', () => {
  it('asks a person to sign in, and refuses everything else as always', async () => {
    for (const path of ['', '/', '/queue/order-sync', '/static/favicon.ico', '/api/queues']) {
      expect(goesTo(await ask('GET', path, PERSON))).toEqual([303, '/admin/queues/sign-in']);
      expectProblem(await ask('GET', path), 401, 'unauthorized');
    }
    const { status, body } = await ask('GET', '/sign-in', PERSON);
    expect(status).toBe(200);
    expect(body).toContain('type="password"');
  });

  it('lets an admin in by the session or by the header, and no other key', async () => {
    const session = await signIn(KEYS.admin.secret);
    for (const credential of [session, withKey(), withKey(KEYS.admin.secret)]) {
      expect((await ask('GET', '/api/queues', credential)).status).toBe(200);
    }
    for (const { secret } of [KEYS.read, KEYS.orders]) {
      expectProblem(await ask('GET', '/api/queues', withKey(secret)), 403, 'forbidden');
      const refused = await form('/sign-in', { key: secret });
      expect([refused.status, refused.headers.has('set-cookie')]).toEqual([403, false]);
    }
    expectProblem(await ask('GET', '/api/queues', { cookie: `${session.cookie}x` }), 401, 'unauthorized');
  });

  it('opens the session to this site’s pages alone, and puts no key into it', async () => {
    const cookie = (await form('/sign-in', { key: hub.apiSecret }, { 'x-forwarded-proto': 'https' })).headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^hub_queue_board=[^;]+; Path=\/admin\/queues; Max-Age=28800; HttpOnly; SameSite=Strict; Secure$/);
    expect(cookie).not.toContain(hub.apiSecret);
    const [session = ''] = cookie.split(';');
    expectProblem(await hub.request('GET', '/api/admin/agents', undefined, { cookie: session }), 401, 'unauthorized');
  });

  it('takes forms of its own pages only', async () => {
    const elsewhere: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ];
    for (const headers of elsewhere) {
      for (const path of ['/sign-in', '/sign-out']) {
        const refused = await form(path, { key: hub.apiSecret }, headers);
        expect([refused.status, refused.headers.has('set-cookie')]).toEqual([403, false]);
      }
    }
    expect((await form('/sign-in', { key: hub.apiSecret }, { origin: hub.baseUrl })).status).toBe(303);
  });

  it('signs out', async () => {
    const reply = await form('/sign-out', {});
    expect(goesTo(reply)).toEqual([303, '/admin/queues/sign-in']);
    expect(reply.headers.get('set-cookie')).toMatch(/^hub_queue_board=; .*Max-Age=0/);
  });

  it.each([
    ['JSON', 'application/json', '{"key":"x"}', 401],
    ['text', 'text/plain', 'key=x', 415],
    ['no key', 'application/x-www-form-urlencoded', '', 401],
    ['too much', 'application/x-www-form-urlencoded', `key=${'x'.repeat(5_000)}`, 413],
    ['no text', 'application/x-www-form-urlencoded', 'key=%ff%00', 401],
  ])('refuses %s', async (_what, type, body, status) =>
    expect((await ask('POST', '/sign-in', { 'content-type': type }, body)).status).toBe(status),
  );
});

describe('what there is to see', () => {
  it('shows every queue of the hub, and of a job ids alone', async () => {
    const { body } = await ask('GET', '/api/queues?activeQueue=order-sync&status=waiting', withKey());
    const health = (await hub.request('GET', '/health')).body.details.bullmq.queues;
    expect(body.queues.map(({ name }: { name: string }) => name).sort()).toEqual(Object.keys(health).sort());
    const shown = body.queues.find(({ name }: { name: string }) => name === 'order-sync');
    expect(shown).toMatchObject({ readOnlyMode: true, counts: { waiting: 1 }, jobs: [{ id: 'one-1' }] });
    expect(shown.jobs[0].data).toEqual(PAYLOAD);
    expect((await ask('GET', '/api/queues/order-sync/one-1', withKey())).body).toMatchObject({ job: { id: 'one-1' }, status: 'waiting' });
    expect((await ask('GET', '/api/queues/order-sync/nothing', withKey())).status).toBe(404);
  });

  it('changes nothing, whatever it is asked', async () => {
    const tries = [
      '/pause',
      '/empty',
      '/obliterate',
      '/promote',
      '/retry/failed',
      '/clean/wait',
      '/one-1/clean',
      '/one-1/retry',
      '/add',
      '/one-1',
    ];
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const path of ['/api/queues/pause', '/', ...tries.map((each) => `/api/queues/order-sync${each}`)]) {
        expectProblem(await ask(method, path, withKey()), 404, 'not_found');
      }
    }
    expect(await queue.isPaused()).toBe(false);
    expect((await queue.getJob('one-1'))?.data).toEqual(PAYLOAD);
  });

  it('gives the page and its files, which load nothing from elsewhere and may stand in no frame', async () => {
    const page = await ask('GET', '/', withKey());
    expect(page.body).not.toMatch(/https?:\/\//);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-security-policy': expect.stringMatching(/default-src 'none'.*script-src 'self';.*frame-ancestors 'none'/),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    const files = [...(page.body as string).matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, file]) => file);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect((await ask('GET', `/${file}`, withKey())).status).toBe(200);
  });

  it.each([
    '/static/../index.ejs',
    '/static/..%2findex.ejs',
    '/static/%2e%2e/package.json',
    '/static//etc/passwd',
    '/static/',
    '/nowhere',
    '/api/nothing',
  ])('has nothing at %s', async (path) => expectProblem(await ask('GET', path, withKey()), 404, 'not_found'));

  it.each(['?activeQueue=%25', '?activeQueue=a&activeQueue=b', '?page=-1', '?page=x', '?status=never', '?__proto__=1'])(
    'has an answer to %s, and it is no failure of the hub',
    async (query) => {
      const reply = await ask('GET', `/api/queues${query}`, withKey());
      expect([200, 400]).toContain(reply.status);
      expectNothingInternal(JSON.stringify(reply.body));
    },
  );
});

it('counts wrong keys as everywhere: after a few of them the next is refused unlooked', async () => {
  const statuses: number[] = [];
  for (let i = 0; i < MOST_FAILURES + 2; i++) statuses.push((await form('/sign-in', { key: `wrong-${i}` })).status);
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(MOST_FAILURES);
  const last = await form('/sign-in', { key: 'wrong' });
  expect([last.status, Number(last.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
  expect(last.body).toContain('role="alert"');
  expectProblem(await ask('GET', '/api/queues', withKey('wrong-again')), 429, 'rate_limited');
  // The line of each says who signed in and what came of it, and nothing of the key.
  expect(hub.logs()).not.toContain('wrong-1');
});
