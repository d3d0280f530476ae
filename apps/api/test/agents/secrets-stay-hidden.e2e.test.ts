import { createHash } from 'node:crypto';
import { startHub, type Hub } from '../support/hub';

let hub: Hub;
beforeAll(async () => {
  hub = await startHub({ env: { LOG_LEVEL: 'trace' } });
});
afterAll(() => hub.stop());

it('shows no secret and no hash of one in any log line, or in any reply but the one that hands it out', async () => {
  const secrets = new Set<string>([hub.apiSecret, hub.agentSecret, 'outbound-secret-of-the-tests-0123456789']);
  const replies: string[] = [];
  const keep = <T extends { body: unknown }>(reply: T): T => {
    replies.push(JSON.stringify(reply.body));
    return reply;
  };
  const handedOut = ({ body }: { body: Record<string, string> }): string => {
    const given = [body['token'], body['outboundToken'], body['signingSecret'], body['code']].filter((secret) => secret !== undefined);
    for (const secret of given) secrets.add(secret);
    return given[0] ?? '';
  };
  const register = (bearer: string, body: object) =>
    hub.request('POST', '/api/agents/register', body, { authorization: `Bearer ${bearer}` });
  const authToken = 'brought-by-the-vendor-0123456789-abcdef';
  secrets.add(authToken);

  const first = handedOut(await register(hub.agentSecret, { vendorId: 'v', erpType: 'Test' }));
  const second = handedOut(await hub.agent({ vendorId: 'v', token: first }, 'POST', '/api/agents/token/rotate'));
  keep(await register(second, { vendorId: 'v', authToken }));
  const code = handedOut(await hub.admin('POST', '/api/admin/agents/v/enrolment'));
  const third = handedOut(await register(code, { vendorId: 'v', erpType: 'Test' }));
  keep(await register(code, { vendorId: 'v', erpType: 'Test' }));
  keep(await register(hub.agentSecret, { vendorId: 'v', erpType: 'Test' }));
  keep(await register(third, { vendorId: 'v', version: third.repeat(2) }));
  keep(await register(third, { vendorId: 'v', agentUrl: `https://user:${third}@erp.example.com` }));
  keep(await hub.agent({ vendorId: 'v', token: third }, 'POST', '/api/agents/heartbeat', {}));
  keep(await hub.agent({ vendorId: 'v', token: first }, 'POST', '/api/agents/heartbeat', {}));
  keep(await hub.agent({ vendorId: 'v', token: third }, 'POST', `/api/agents/heartbeat?token=${third}`, {}));
  keep(await hub.agent({ vendorId: 'v', token: third }, 'POST', '/api/agents/heartbeat', `{"token":"${third}"`));
  keep(await hub.agent({ vendorId: 'v', token: third }, 'GET', '/api/agents/me'));
  keep(await hub.request('GET', `/api/nowhere/${third}`, undefined, { 'x-api-key': third }));
  for (const path of ['agents', 'agents/v', 'agents?deregistered=true', 'audit']) keep(await hub.admin('GET', `/api/admin/${path}`));
  keep(await hub.admin('PUT', '/api/admin/agents/v', { enabled: false }));
  keep(await hub.admin('DELETE', '/api/admin/agents/v'));

  const { rows } = await hub.pool.query<{ hash: string }>(
    `select unnest(array[auth_token_hash, previous_token_hash]) as hash from agent_registry union select code_hash from enrolment_codes`,
  );
  const hashes = rows.flatMap(({ hash }) => (hash === null ? [] : [hash]));
  expect(hashes.length).toBeGreaterThanOrEqual(2);
  const forbidden = [...secrets].flatMap((secret) => [secret, createHash('sha256').update(secret).digest('hex')]).concat(hashes);
  expect(forbidden.length).toBeGreaterThan(24);

  const logs = hub.logs();
  expect(logs).toContain('/api/agents/token/rotate');
  expect(forbidden.filter((secret) => logs.includes(secret))).toEqual([]);
  expect(forbidden.filter((secret) => replies.some((reply) => reply.includes(secret)))).toEqual([]);
});
