import { request as httpRequest } from 'node:http';
import { registerAgent, startHub, type Hub, type HubReply, type TestAgent } from '../support/hub';

let hub: Hub;
let agent: TestAgent;
let other: TestAgent;
beforeAll(async () => {
  hub = await startHub();
  agent = await registerAgent(hub, 'mine');
  other = await registerAgent(hub, 'other');
});
afterAll(() => hub.stop());

const agentRoutes: [string, string][] = [
  ['POST', '/api/agents/heartbeat'],
  ['GET', '/api/agents/me'],
  ['POST', '/api/agents/token/rotate'],
];

/** Everything that a caller can see, without what differs from request to request. */
function visible({ status, headers, body }: HubReply) {
  const { correlationId, ...rest } = body as Record<string, unknown>;
  expect(correlationId).toBe(headers.get('x-correlation-id'));
  return { status, body: rest, headers: [...headers.entries()].filter(([name]) => !['x-correlation-id', 'date'].includes(name)) };
}

it.each(agentRoutes)('answers every bad credential with one and the same reply: %s %s', async (method, path) => {
  const gone = await registerAgent(hub, `gone-${path.length}`);
  await hub.admin('DELETE', `/api/admin/agents/${gone.vendorId}`);
  const bearer = (token: string, vendorId?: string) => ({
    authorization: `Bearer ${token}`,
    ...(vendorId === undefined ? {} : { 'x-vendor-id': vendorId }),
  });
  const bad: Record<string, Record<string, string>> = {
    none: {},
    'no vendor': bearer(agent.token),
    'no token': { 'x-vendor-id': agent.vendorId },
    'wrong token': bearer(`agt_${'x'.repeat(43)}`, agent.vendorId),
    'unknown vendor': bearer(agent.token, 'nobody'),
    'token of another vendor': bearer(other.token, agent.vendorId),
    'deregistered agent': bearer(gone.token, gone.vendorId),
    'registration secret': bearer(hub.agentSecret, agent.vendorId),
    'admin key as token': bearer(hub.apiSecret, agent.vendorId),
    'token as admin key': { 'x-api-key': agent.token, 'x-vendor-id': agent.vendorId },
    'token in other case': bearer(agent.token.toUpperCase(), agent.vendorId),
    'not bearer': { authorization: `Basic ${agent.token}`, 'x-vendor-id': agent.vendorId },
    'bare token': { authorization: agent.token, 'x-vendor-id': agent.vendorId },
    'unusable vendor id': bearer(agent.token, `mine' or '1'='1`),
    'too long a token': bearer('x'.repeat(600), agent.vendorId),
  };
  const replies = await Promise.all(
    Object.entries(bad).map(async ([name, headers]) => [name, visible(await hub.request(method, path, undefined, headers))] as const),
  );
  const expected = replies[0]?.[1];
  expect(expected).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  for (const [name, reply] of replies) expect([name, reply]).toEqual([name, expected]);
  expect((await hub.agent(agent, 'GET', '/api/agents/me')).status).toBe(200);
});

it('does not read a token from the query, a cookie or the body', async () => {
  const { vendorId, token } = agent;
  const query = `?token=${token}&access_token=${token}`;
  const cookie = { cookie: `token=${token}`, 'x-vendor-id': vendorId };
  expect((await hub.request('POST', `/api/agents/heartbeat${query}`, { token, vendorId }, cookie)).status).toBe(401);
});

it('answers a right token as an agent, not as an admin', async () => {
  const headers = { authorization: `Bearer ${agent.token}`, 'x-vendor-id': agent.vendorId };
  expect((await hub.request('GET', '/api/admin/agents', undefined, headers)).status).toBe(401);
});

it('refuses a body that names another vendor', async () => {
  const reply = await hub.agent(agent, 'POST', '/api/agents/heartbeat', { vendorId: other.vendorId });
  expect(reply).toMatchObject({ status: 403, body: { code: 'vendor_mismatch' } });
  expect((await hub.agent(agent, 'POST', '/api/agents/heartbeat', { vendorId: agent.vendorId })).status).toBe(200);
});

it('judges many first requests with the same right token alike', async () => {
  const fresh = await registerAgent(hub, 'fresh');
  const replies = await Promise.all(Array.from({ length: 50 }, () => hub.agent(fresh, 'POST', '/api/agents/heartbeat')));
  expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
});

describe('under a flood of wrong tokens from one IP', () => {
  let limited: Hub;
  beforeAll(async () => {
    limited = await startHub({ env: { RATE_LIMIT_AUTH_FAILURES: '20' } });
  });
  afterAll(() => limited.stop());

  /** A heartbeat from another address of the loopback network. */
  function heartbeatFrom(localAddress: string, { vendorId, token }: TestAgent): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'x-vendor-id': vendorId };
      const request = httpRequest(`${limited.baseUrl}/api/agents/heartbeat`, { method: 'POST', headers, localAddress }, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      });
      request.on('error', reject);
      request.end();
    });
  }

  it('refuses the flood, and goes on serving known agents there and everyone elsewhere', async () => {
    const known = await registerAgent(limited, 'known');
    const elsewhere = await registerAgent(limited, 'elsewhere');
    expect((await limited.agent(known, 'POST', '/api/agents/heartbeat')).status).toBe(200);
    const flood = Array.from({ length: 200 }, (_, index) =>
      limited.agent({ vendorId: 'known', token: `wrong-${index}` }, 'POST', '/api/agents/heartbeat').then(({ status }) => status),
    );
    const served = [
      (await limited.agent(known, 'POST', '/api/agents/heartbeat')).status,
      // Only Linux gives the whole loopback network to everyone.
      process.platform === 'linux' ? await heartbeatFrom('127.0.0.2', elsewhere) : 200,
    ];
    expect(served).toEqual([200, 200]);
    const statuses = await Promise.all(flood);
    const failed = statuses.filter((status) => status === 401).length;
    // Two checks run at once, so that one more may have begun when the limit was reached.
    expect(failed).toBeGreaterThanOrEqual(20);
    expect(failed).toBeLessThanOrEqual(22);
    expect(statuses.filter((status) => status === 429)).toHaveLength(200 - failed);
    expect((await limited.agent(known, 'POST', '/api/agents/heartbeat')).status).toBe(200);
  });

  it('refuses there what is not known, right or wrong, and says when to come back', async () => {
    const cold = await startHub({ beside: limited, env: { RATE_LIMIT_AUTH_FAILURES: '20' } });
    try {
      const reply = await cold.agent({ vendorId: 'known', token: 'wrong' }, 'GET', '/api/agents/me');
      expect(reply).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
      const registration = await cold.request(
        'POST',
        '/api/agents/register',
        { vendorId: 'new', erpType: 'Test' },
        { authorization: `Bearer ${cold.agentSecret}` },
      );
      expect(registration.status).toBe(429);
    } finally {
      await cold.stop();
    }
  });
});
