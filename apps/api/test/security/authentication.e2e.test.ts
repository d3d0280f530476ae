import type { Hub, HubReply, TestAgent } from '../support/hub';
import { registerAgent, SHIPPED_HASHES, startHub } from '../support/hub';
import { sendRaw } from './raw-http';
import { credential, expectProblem, KEYS, startHubWithKeys, whatItTells } from './security-fixture';

describe('API2:2023 broken authentication', () => {
  let hub: Hub;
  let agent: TestAgent;
  beforeAll(async () => {
    hub = await startHubWithKeys(SHIPPED_HASHES);
    agent = await registerAgent(hub, 'known');
    await registerAgent(hub, 'gone');
    await hub.admin('DELETE', '/api/admin/agents/gone');
    await registerAgent(hub, 'disabled');
    await hub.admin('PUT', '/api/admin/agents/disabled', { enabled: false });
  });
  afterAll(() => hub.stop());

  const me = (headers: Record<string, string>, query = '') => hub.request('GET', `/api/agents/me${query}`, undefined, headers);
  const register = (vendorId: string, bearer: string, more: Record<string, unknown> = {}) =>
    hub.request('POST', '/api/agents/register', { vendorId, erpType: 'Test', ...more }, { authorization: `Bearer ${bearer}` });
  const bearer = (token: string, vendorId = 'known') => ({ authorization: `Bearer ${token}`, 'x-vendor-id': vendorId });

  describe('what is missing, wrong or unknown cannot be told apart', () => {
    it.each<[string, () => Record<string, string>]>([
      ['a token without a vendor', () => ({ authorization: `Bearer ${agent.token}` })],
      ['a vendor without a token', () => ({ 'x-vendor-id': 'known' })],
      ['an empty token', () => bearer('')],
      ['a wrong token', () => bearer('agt_wrong')],
      ['the beginning of the token', () => bearer(agent.token.slice(0, -1))],
      ['the token and more', () => bearer(`${agent.token}x`)],
      ['the token in other case', () => bearer(agent.token.toUpperCase())],
      ['two tokens', () => bearer(`${agent.token} ${agent.token}`)],
      ['a token longer than any', () => bearer('x'.repeat(4_000))],
      ['an unknown vendor', () => bearer('agt_wrong', 'unknown')],
      ['a deregistered vendor', () => bearer('agt_wrong', 'gone')],
      ['a disabled vendor', () => bearer('agt_wrong', 'disabled')],
      ['what is no vendor id', () => bearer('agt_wrong', "x' or 1=1 --")],
      ['a vendor id longer than any', () => bearer('agt_wrong', 'v'.repeat(65))],
      ['an API key', () => ({ 'x-api-key': hub.apiSecret })],
    ])('for an agent: %s', async (_what, headers) => {
      const nothing = await me({});
      expectProblem(nothing, 401, 'unauthorized');
      expect(whatItTells(await me(headers()))).toEqual(whatItTells(nothing));
    });

    it.each<[string, () => string]>([
      ['an empty key', () => ''],
      ['a wrong key', () => 'wrong'],
      ['the beginning of a key', () => hub.apiSecret.slice(0, -1)],
      ['a key and more', () => `${hub.apiSecret}0`],
      ['the name of a key', () => 'admin'],
      ['name, scope and secret', () => `alice:admin:${KEYS.admin.secret}`],
      ['two keys', () => `${KEYS.read.secret}, ${KEYS.admin.secret}`],
      ['an agent token', () => agent.token],
    ])('for a key: %s', async (_what, key) => {
      const nothing = await hub.request('GET', '/api/admin/agents');
      expectProblem(nothing, 401, 'unauthorized');
      expect(whatItTells(await hub.request('GET', '/api/admin/agents', undefined, { 'x-api-key': key() }))).toEqual(whatItTells(nothing));
    });

    it('for a registration: a wrong secret, a used code, a wrong token, and none', async () => {
      const { code } = (await hub.admin('POST', '/api/admin/agents/by-code/enrolment')).body;
      expect((await register('by-code', code)).status).toBe(201);
      const nothing = await hub.request('POST', '/api/agents/register', { vendorId: 'new', erpType: 'Test' });
      expectProblem(nothing, 401, 'unauthorized');
      for (const [vendorId, credentialOf] of [
        ['new', 'wrong'],
        ['new', hub.agentSecret.slice(0, -1)],
        ['by-code', code],
        ['new', code],
        ['known', 'agt_wrong'],
        ['gone', 'agt_wrong'],
        ['known', hub.apiSecret],
      ] as const) {
        expect(whatItTells(await register(vendorId, credentialOf))).toEqual(whatItTells(nothing));
      }
    });

    it('takes the same order of time for a wrong token and for an unknown vendor', async () => {
      const time = async (vendorId: string) => {
        const begin = performance.now();
        await me(bearer('agt_wrong', vendorId));
        return performance.now() - begin;
      };
      const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
      const times: Record<string, number[]> = { known: [], unknown: [], gone: [] };
      // In turns, so that other load meets all alike.
      for (let round = 0; round < 7; round++) {
        for (const [vendorId, samples] of Object.entries(times)) samples.push(await time(vendorId));
      }
      // Without bcrypt it would be less by a factor of 20 or more.
      for (const vendorId of ['unknown', 'gone']) {
        const ratio = median(times[vendorId] as number[]) / median(times['known'] as number[]);
        expect(ratio).toBeGreaterThan(1 / 3);
        expect(ratio).toBeLessThan(3);
      }
    });
  });

  describe('nobody takes an agent over by registering it again', () => {
    const refused = async (reply: HubReply) => {
      expectProblem(reply, 403, 'registration_refused');
      expect(reply.body).not.toHaveProperty('token');
    };

    it('with the registration secret, while the agent is there', async () => {
      await refused(await register('known', hub.agentSecret));
      await refused(await register('known', hub.agentSecret, { authToken: 'x'.repeat(40), agentUrl: 'http://localhost:1/' }));
      expect((await me(credential(agent))).status).toBe(200);
    });

    it('with the registration secret, after it was deregistered or disabled', async () => {
      await refused(await register('gone', hub.agentSecret));
      await refused(await register('disabled', hub.agentSecret));
      expect((await hub.admin('GET', '/api/admin/agents/gone')).body.deregisteredAt).not.toBeNull();
    });

    it('with the token that it had before it was deregistered', async () => {
      const leaver = await registerAgent(hub, 'leaver');
      await hub.admin('DELETE', '/api/admin/agents/leaver');
      expectProblem(await me(credential(leaver)), 401, 'unauthorized');
      expectProblem(await register('leaver', leaver.token), 401, 'unauthorized');
      expect((await hub.admin('GET', '/api/admin/agents/leaver')).body.deregisteredAt).not.toBeNull();
    });

    it('in a race: of many that register an id at once, one wins', async () => {
      const replies = await Promise.all(Array.from({ length: 8 }, () => register('contended', hub.agentSecret)));
      const winners = replies.filter(({ status }) => status === 201);
      expect(winners).toHaveLength(1);
      for (const reply of replies.filter(({ status }) => status !== 201)) await refused(reply);
      expect((await me(bearer(winners[0]?.body.token, 'contended'))).status).toBe(200);
    });
  });

  describe('a credential counts only where it belongs', () => {
    it.each<[string, (token: string) => { headers?: Record<string, string>; query?: string }]>([
      ['the query', (token) => ({ query: `?token=${token}&access_token=${token}&authorization=Bearer%20${token}` })],
      ['a cookie', (token) => ({ headers: { cookie: `authorization=Bearer ${token}; token=${token}` } })],
      ['X-API-Key', (token) => ({ headers: { 'x-api-key': token } })],
      ['X-Auth-Token', (token) => ({ headers: { 'x-auth-token': token, 'x-access-token': token } })],
      ['Proxy-Authorization', (token) => ({ headers: { 'proxy-authorization': `Bearer ${token}` } })],
      ['the scheme Basic', (token) => ({ headers: { authorization: `Basic ${Buffer.from(`known:${token}`).toString('base64')}` } })],
      ['the scheme Token', (token) => ({ headers: { authorization: `Token ${token}` } })],
      ['no scheme', (token) => ({ headers: { authorization: token } })],
      ['a scheme without a space', (token) => ({ headers: { authorization: `Bearer${token}` } })],
      ['quotes', (token) => ({ headers: { authorization: `Bearer "${token}"` } })],
    ])('not an agent token in %s', async (_where, place) => {
      const { headers = {}, query = '' } = place(agent.token);
      expectProblem(await me({ 'x-vendor-id': 'known', ...headers }, query), 401, 'unauthorized');
    });

    it.each<[string, (key: string) => { headers?: Record<string, string>; query?: string }]>([
      ['the query', (key) => ({ query: `?apiKey=${key}&api_key=${key}&x-api-key=${key}` })],
      ['a bearer token', (key) => ({ headers: { authorization: `Bearer ${key}` } })],
      ['a cookie', (key) => ({ headers: { cookie: `x-api-key=${key}` } })],
      ['X-Api-Token', (key) => ({ headers: { 'x-api-token': key, 'api-key': key } })],
    ])('not an API key in %s', async (_where, place) => {
      const { headers = {}, query = '' } = place(hub.apiSecret);
      expectProblem(await hub.request('GET', `/api/admin/agents${query}`, undefined, headers), 401, 'unauthorized');
    });

    it('not the second of two Authorization or X-API-Key headers', async () => {
      const authorization = ['Bearer agt_wrong', `Bearer ${agent.token}`];
      expectProblem(
        await sendRaw(hub, 'GET', '/api/agents/me', { headers: { authorization, 'x-vendor-id': 'known' } }),
        401,
        'unauthorized',
      );
      const keys = { 'x-api-key': ['wrong', hub.apiSecret] };
      expectProblem(await sendRaw(hub, 'GET', '/api/admin/agents', { headers: keys }), 401, 'unauthorized');
    });

    it('an agent token before the body is looked at, however broken that is', async () => {
      const reply = await hub.request('POST', '/api/sync/items', '{"broken', bearer('agt_wrong'));
      expectProblem(reply, 401, 'unauthorized');
      expectProblem(await hub.request('POST', '/api/admin/mappings', '{"broken', { 'x-api-key': 'wrong' }), 401, 'unauthorized');
    });
  });
});

describe('API2:2023 broken authentication: guessing is slowed down for an IP, on all instances together', () => {
  const MOST = 7;
  let hub: Hub;
  let beside: Hub;
  let agent: TestAgent;
  beforeAll(async () => {
    const env = { RATE_LIMIT_AUTH_FAILURES: String(MOST), METRICS_TOKEN: 'metrics-token-of-the-tests' };
    hub = await startHubWithKeys(env);
    beside = await startHub({ beside: hub, env });
    agent = await registerAgent(hub, 'verified');
    await hub.agent(agent, 'GET', '/api/agents/me');
  });
  afterAll(async () => {
    await beside.stop();
    await hub.stop();
  });

  it('counts every kind of failure, then replies 429 with Retry-After to each of them', async () => {
    const failures = [
      () => hub.agent({ ...agent, token: 'agt_wrong' }, 'GET', '/api/agents/me'),
      () => beside.agent({ vendorId: 'unknown', token: 'agt_wrong' }, 'POST', '/api/sync/items', { items: [] }),
      () => hub.request('GET', '/api/agents/me'),
      () => beside.request('GET', '/api/admin/agents', undefined, { 'x-api-key': 'wrong' }),
      () => hub.request('GET', '/api/items?vendorId=v'),
      () => beside.request('POST', '/api/agents/register', { vendorId: 'v', erpType: 'x' }, { authorization: 'Bearer wrong' }),
      () => hub.request('GET', '/metrics', undefined, { authorization: 'Bearer guessed' }),
    ];
    expect(failures).toHaveLength(MOST);
    for (const fail of failures) expectProblem(await fail(), 401, 'unauthorized');
    for (const fail of failures) {
      const reply = await fail();
      expectProblem(reply, 429, 'rate_limited');
      const seconds = Number(reply.headers.get('retry-after'));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(60);
    }
  });

  it('lets an agent whose token is verified, and every right key, go on', async () => {
    expect((await hub.agent(agent, 'POST', '/api/agents/heartbeat')).status).toBe(200);
    expect((await hub.admin('GET', '/api/admin/agents')).status).toBe(200);
    expect((await hub.request('GET', '/api/items?vendorId=v', undefined, { 'x-api-key': KEYS.read.secret })).status).toBe(200);
  });

  it('does not even look at a right token that no instance has verified', async () => {
    expectProblem(await beside.agent(agent, 'GET', '/api/agents/me'), 429, 'rate_limited');
  });
});

describe('API6:2023 unrestricted access to sensitive business flows', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub();
  });
  afterAll(() => hub.stop());

  it('lets an enrolment code register once, however many use it at once', async () => {
    const { code } = (await hub.admin('POST', '/api/admin/agents/once/enrolment')).body;
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        hub.request('POST', '/api/agents/register', { vendorId: 'once', erpType: `Test ${i}` }, { authorization: `Bearer ${code}` }),
      ),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const reply of replies.filter(({ status }) => status !== 201)) expectProblem(reply, 401, 'unauthorized');
  });

  it('refuses an enrolment code that has run out', async () => {
    const { code } = (await hub.admin('POST', '/api/admin/agents/late/enrolment')).body;
    await hub.pool.query(`update enrolment_codes set expires_at = now() - interval '1 second' where vendor_id = 'late'`);
    const reply = await hub.request(
      'POST',
      '/api/agents/register',
      { vendorId: 'late', erpType: 'T' },
      { authorization: `Bearer ${code}` },
    );
    expectProblem(reply, 401, 'unauthorized');
  });
});
