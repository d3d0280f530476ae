import { eventually, registerAgent, startHub, type Hub, type HubReply } from '../support/hub';

let hub: Hub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.stop());

let vendors = 0;
const newVendor = () => `vendor-${++vendors}`;

function register(bearer: string, body: Record<string, unknown>, headers: Record<string, string> = {}): Promise<HubReply> {
  return hub.request('POST', '/api/agents/register', body, { authorization: `Bearer ${bearer}`, ...headers });
}
async function enrolmentCode(vendorId: string): Promise<string> {
  const reply = await hub.admin('POST', `/api/admin/agents/${vendorId}/enrolment`);
  expect(reply.status).toBe(201);
  return (reply.body as { code: string }).code;
}
const works = async (vendorId: string, token: string) => (await hub.agent({ vendorId, token }, 'POST', '/api/agents/heartbeat')).status;

describe('by the registration secret', () => {
  it('registers a new id, shows its secrets once, and counts as a heartbeat', async () => {
    const vendorId = newVendor();
    const reply = await register(hub.agentSecret, { vendorId, erpType: 'Tryton', version: '7.0' });
    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      vendorId,
      status: 'online',
      mode: 'pull',
      token: expect.stringMatching(/^agt_[\w-]{43}$/),
      outboundToken: expect.stringMatching(/^out_[\w-]{43}$/),
      signingSecret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    expect(await works(vendorId, reply.body.token)).toBe(200);
    const { body } = await hub.admin('GET', `/api/admin/agents/${vendorId}`);
    expect(body).toMatchObject({ status: 'online', erpType: 'Tryton', version: '7.0', enabled: true, deregisteredAt: null });
  });

  it('is a push agent when it brings a URL, and keeps a token that it brings', async () => {
    const vendorId = newVendor();
    const authToken = 'a-token-that-the-vendor-made-by-itself';
    const reply = await register(hub.agentSecret, { vendorId, erpType: 'EBP', agentUrl: 'http://127.0.0.1:4999/erp/', authToken });
    expect(reply).toMatchObject({ status: 201, body: { mode: 'push' } });
    expect(reply.body).not.toHaveProperty('token');
    expect(await works(vendorId, authToken)).toBe(200);
    expect((await hub.admin('GET', `/api/admin/agents/${vendorId}`)).body).toMatchObject({ agentUrl: 'http://127.0.0.1:4999/erp' });
  });

  it('refuses an id that is registered, whoever asks, and leaves it as it was', async () => {
    const agent = await registerAgent(hub, newVendor());
    const reply = await register(hub.agentSecret, { vendorId: agent.vendorId, erpType: 'Thief', agentUrl: 'http://127.0.0.1:1' });
    expect(reply).toMatchObject({ status: 403, body: { code: 'registration_refused' } });
    expect(await works(agent.vendorId, agent.token)).toBe(200);
    expect((await hub.admin('GET', `/api/admin/agents/${agent.vendorId}`)).body).toMatchObject({ erpType: 'Test', mode: 'pull' });
  });

  it('refuses an id that was deregistered', async () => {
    const { vendorId, token } = await registerAgent(hub, newVendor());
    expect((await hub.admin('DELETE', `/api/admin/agents/${vendorId}`)).status).toBe(204);
    expect(await register(hub.agentSecret, { vendorId, erpType: 'Thief' })).toMatchObject({
      status: 403,
      body: { code: 'registration_refused' },
    });
    expect((await register(token, { vendorId })).status).toBe(401);
  });

  it('lets exactly one of many at the same time win an id', async () => {
    const vendorId = newVendor();
    const replies = await Promise.all(Array.from({ length: 8 }, () => register(hub.agentSecret, { vendorId, erpType: 'Test' })));
    const winners = replies.filter(({ status }) => status === 201);
    expect(winners).toHaveLength(1);
    expect(replies.filter(({ body }) => body.code === 'registration_refused')).toHaveLength(7);
    expect(await works(vendorId, winners[0]?.body.token)).toBe(200);
  });

  it('takes no registration secret for an agent token', async () => {
    const reply = await register(hub.agentSecret, { vendorId: newVendor(), erpType: 'Test', authToken: hub.agentSecret });
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: 'authToken' }] } });
  });

  it('needs an erpType', async () => {
    const reply = await register(hub.agentSecret, { vendorId: newVendor() });
    expect(reply).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ path: 'erpType' }] } });
  });
});

describe('by an enrolment code', () => {
  it('registers an id without any registration before', async () => {
    const vendorId = newVendor();
    const reply = await register(await enrolmentCode(vendorId), { vendorId, erpType: 'Sage' });
    expect(reply).toMatchObject({ status: 201, body: { token: expect.any(String), signingSecret: expect.any(String) } });
    expect(await works(vendorId, reply.body.token)).toBe(200);
  });

  it('registers a deregistered id again, with new secrets; the old token stays dead', async () => {
    const vendorId = newVendor();
    const first = (await register(hub.agentSecret, { vendorId, erpType: 'Test' })).body;
    await hub.admin('DELETE', `/api/admin/agents/${vendorId}`);
    const again = await register(await enrolmentCode(vendorId), { vendorId, erpType: 'Odoo' });
    expect(again.status).toBe(201);
    for (const secret of ['token', 'outboundToken', 'signingSecret']) expect(again.body[secret]).not.toBe(first[secret]);
    expect(await works(vendorId, again.body.token)).toBe(200);
    expect(await works(vendorId, first.token)).toBe(401);
    expect((await hub.admin('GET', `/api/admin/agents/${vendorId}`)).body).toMatchObject({ erpType: 'Odoo', deregisteredAt: null });
  });

  it('stops the token of a registered agent at once', async () => {
    const agent = await registerAgent(hub, newVendor());
    expect(await works(agent.vendorId, agent.token)).toBe(200);
    expect((await register(await enrolmentCode(agent.vendorId), { vendorId: agent.vendorId, erpType: 'Test' })).status).toBe(201);
    expect(await works(agent.vendorId, agent.token)).toBe(401);
  });

  it('lets exactly one of ten at the same time use a code', async () => {
    const vendorId = newVendor();
    const code = await enrolmentCode(vendorId);
    const replies = await Promise.all(Array.from({ length: 10 }, () => register(code, { vendorId, erpType: 'Test' })));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(9);
    expect(await works(vendorId, replies.find(({ status }) => status === 201)?.body.token)).toBe(200);
  });

  it('takes no code twice, none of another vendor, none that is too old, and none that it never made', async () => {
    const [mine, other] = [newVendor(), newVendor()];
    const [used, foreign, old] = [await enrolmentCode(mine), await enrolmentCode(other), await enrolmentCode(mine)];
    await register(used, { vendorId: mine, erpType: 'Test' });
    await hub.pool.query(`update enrolment_codes set expires_at = now() where vendor_id = $1 and used_at is null`, [mine]);
    for (const code of [used, foreign, old, `enr_${'x'.repeat(32)}`]) {
      expect(await register(code, { vendorId: mine, erpType: 'Test' })).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    }
  });

  it('does not use a code up by a registration that fails', async () => {
    const vendorId = newVendor();
    const code = await enrolmentCode(vendorId);
    expect((await register(code, { vendorId, erpType: 'Test', agentUrl: 'http://169.254.169.254' })).status).toBe(422);
    expect((await register(code, { vendorId })).status).toBe(400);
    expect((await register(code, { vendorId, erpType: 'Test' })).status).toBe(201);
  });

  it('keeps only a hash of it, and lets it live an hour', async () => {
    const vendorId = newVendor();
    const reply = await hub.admin('POST', `/api/admin/agents/${vendorId}/enrolment`);
    expect(reply.body).toEqual({ code: expect.stringMatching(/^enr_[\w-]{32}$/), expiresAt: expect.any(String) });
    expect(Date.parse(reply.body.expiresAt) - Date.now()).toBeGreaterThan(59 * 60_000);
    expect(Date.parse(reply.body.expiresAt) - Date.now()).toBeLessThanOrEqual(60 * 60_000);
    const { rows } = await hub.pool.query('select to_jsonb(codes)::text as row from enrolment_codes as codes where vendor_id = $1', [
      vendorId,
    ]);
    expect(rows).toHaveLength(1);
    expect(rows[0].row).not.toContain(reply.body.code.slice(4));
  });
});

describe('by the agent itself', () => {
  it('changes only what it names, and shows no secret', async () => {
    const agent = await registerAgent(hub, newVendor(), { version: '1', agentUrl: 'http://127.0.0.1:4999', idempotentOrders: true });
    const reply = await register(agent.token, { vendorId: agent.vendorId, version: '2' });
    expect(reply).toMatchObject({ status: 200, body: { vendorId: agent.vendorId, status: 'online', mode: 'push' } });
    expect(Object.keys(reply.body)).toEqual(['vendorId', 'status', 'mode']);
    const { body } = await hub.admin('GET', `/api/admin/agents/${agent.vendorId}`);
    expect(body).toMatchObject({ version: '2', erpType: 'Test', idempotentOrders: true, agentUrl: 'http://127.0.0.1:4999' });
    const pull = await register(agent.token, { vendorId: agent.vendorId, agentUrl: null });
    expect(pull).toMatchObject({ status: 200, body: { mode: 'pull' } });
    expect((await hub.admin('GET', `/api/admin/agents/${agent.vendorId}`)).body).toMatchObject({ agentUrl: null, version: '2' });
  });

  it('counts as a heartbeat', async () => {
    const agent = await registerAgent(hub, newVendor());
    await hub.pool.query(`update agent_registry set last_heartbeat = now() - interval '1 hour' where vendor_id = $1`, [agent.vendorId]);
    await register(agent.token, { vendorId: agent.vendorId });
    expect((await hub.admin('GET', `/api/admin/agents/${agent.vendorId}`)).body.status).toBe('online');
  });

  it('replaces its token by one that it brings; the one it came with works on for a while', async () => {
    const agent = await registerAgent(hub, newVendor());
    const authToken = 'my-own-token-of-at-least-32-characters';
    expect((await register(agent.token, { vendorId: agent.vendorId, authToken })).status).toBe(200);
    expect(await works(agent.vendorId, authToken)).toBe(200);
    expect(await works(agent.vendorId, agent.token)).toBe(200);
    await hub.pool.query('update agent_registry set previous_token_until = now() where vendor_id = $1', [agent.vendorId]);
    const late = await startHub({ beside: hub });
    try {
      expect((await late.agent(agent, 'GET', '/api/agents/me')).status).toBe(401);
      expect((await late.agent({ ...agent, token: authToken }, 'GET', '/api/agents/me')).status).toBe(200);
    } finally {
      await late.stop();
    }
  });

  it('may name its token at every start: the same one changes nothing', async () => {
    const vendorId = newVendor();
    const authToken = 'named-at-every-start-of-the-vendors-agent';
    await register(hub.agentSecret, { vendorId, erpType: 'Test', authToken });
    expect((await register(authToken, { vendorId, authToken })).status).toBe(200);
    const { rows } = await hub.pool.query('select previous_token_hash from agent_registry where vendor_id = $1', [vendorId]);
    expect(rows).toEqual([{ previous_token_hash: null }]);
  });

  it('is refused while it is disabled', async () => {
    const agent = await registerAgent(hub, newVendor());
    await hub.admin('PUT', `/api/admin/agents/${agent.vendorId}`, { enabled: false });
    expect(await register(agent.token, { vendorId: agent.vendorId })).toMatchObject({ status: 403, body: { code: 'agent_disabled' } });
  });

  it('cannot touch another vendor', async () => {
    const [mine, other] = [await registerAgent(hub, newVendor()), await registerAgent(hub, newVendor())];
    const update = { vendorId: other.vendorId, version: 'stolen' };
    expect((await register(mine.token, update)).status).toBe(401);
    expect(await register(mine.token, update, { 'x-vendor-id': mine.vendorId })).toMatchObject({
      status: 403,
      body: { code: 'vendor_mismatch' },
    });
    expect((await register(mine.token, update, { 'x-vendor-id': other.vendorId })).status).toBe(401);
    expect((await hub.admin('GET', `/api/admin/agents/${other.vendorId}`)).body.version).toBeNull();
  });
});

it('wants header and body to name the same vendor, once the credential is right', async () => {
  const header = { 'x-vendor-id': newVendor() };
  const body = { vendorId: newVendor(), erpType: 'Test' };
  expect(await register(hub.agentSecret, body, header)).toMatchObject({ status: 403, body: { code: 'vendor_mismatch' } });
  expect((await register('wrong', body, header)).status).toBe(401);
  expect((await register(hub.agentSecret, body, { 'x-vendor-id': body.vendorId })).status).toBe(201);
});

it.each([
  'http://169.254.169.254/latest',
  'https://[::ffff:169.254.169.254]',
  'ftp://erp.example.com',
  '',
  'https://user:password@erp.example.com',
  'https://erp.example.com:99999',
  'http://erp.example.invalid',
])('refuses the agent URL %s from everyone who may give one', async (agentUrl) => {
  const agent = await registerAgent(hub, newVendor());
  const replies = [
    await register(hub.agentSecret, { vendorId: newVendor(), erpType: 'Test', agentUrl }),
    await register(agent.token, { vendorId: agent.vendorId, agentUrl }),
    await hub.admin('PUT', `/api/admin/agents/${agent.vendorId}`, { agentUrl }),
  ];
  for (const reply of replies) expect(reply).toMatchObject({ status: 422, body: { code: 'unsafe_agent_url' } });
  expect((await hub.admin('GET', `/api/admin/agents/${agent.vendorId}`)).body.agentUrl).toBeNull();
});

it('refuses what the contract does not know', async () => {
  const wrong = [
    { erpType: 'Test' },
    { vendorId: 'a b', erpType: 'Test' },
    { vendorId: 'x', erpType: 'T'.repeat(51) },
    { vendorId: 'x', erpType: 'Test', authToken: 'short' },
    { vendorId: 'x', erpType: 'Test', admin: true },
  ];
  for (const body of wrong) expect(await register(hub.agentSecret, body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});

it('survives a kill at any moment: a code is used if and only if its agent is registered', async () => {
  const codes = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const vendorId = newVendor();
      return { vendorId, code: await enrolmentCode(vendorId) };
    }),
  );
  const sent = codes.map(({ vendorId, code }) => register(code, { vendorId, erpType: 'Test' }).catch(() => undefined));
  await eventually(async () => {
    const { rows } = await hub.pool.query<{ used: number }>(
      `select count(used_at)::int as used from enrolment_codes where vendor_id = any($1)`,
      [codes.map(({ vendorId }) => vendorId)],
    );
    return (rows[0]?.used ?? 0) > 0;
  });
  await hub.kill();
  await Promise.all(sent);
  await hub.restart();
  const { rows } = await hub.pool.query<{ used: boolean; registered: boolean }>(
    `select used_at is not null as used, exists (select from agent_registry as agent where agent.vendor_id = code.vendor_id) as registered
     from enrolment_codes as code where vendor_id = any($1)`,
    [codes.map(({ vendorId }) => vendorId)],
  );
  expect(rows).toHaveLength(codes.length);
  expect(rows.filter(({ used, registered }) => used !== registered)).toEqual([]);
});
