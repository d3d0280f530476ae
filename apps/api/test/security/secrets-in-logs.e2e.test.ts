import { createHash } from 'node:crypto';
import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import { outboundSecrets } from '../../src/modules/sync/agents/outbound-secrets';
import { connectVendor, FAST_DELIVERY, untilErpStatus } from '../support/erp';
import { eventually, startHub, type Hub } from '../support/hub';
import { item, UNIT, VAT } from '../support/rows';
import { KEYS } from './security-fixture';

const PASSWORD = 'database-password-of-the-tests';
const OUTBOUND = 'outbound-secret-of-this-test-0123456789';
const METRICS = 'metrics-token-of-this-test';
const BROUGHT = 'brought-by-the-vendor-9876543210-fedcba';
const MARK = 'PAYLOAD-THAT-NO-LOG-SHOWS';

describe('API10:2023 and secrets: nothing secret and no payload gets into a log', () => {
  let base: Hub;
  let hub: Hub;
  let erp: StandInErp;
  const secrets = new Set<string>([PASSWORD, OUTBOUND, METRICS, BROUGHT, ...Object.values(KEYS).map(({ secret }) => secret)]);
  beforeAll(async () => {
    // Only for its database: everything is done, and delivered, by the one whose logs are read.
    base = await startHub({ env: { ROLE: 'api' } });
    erp = await startStandInErp();
    const url = new URL(base.databaseUrl);
    url.password = PASSWORD;
    hub = await startHub({
      beside: base,
      env: {
        ...FAST_DELIVERY,
        LOG_LEVEL: 'trace',
        DATABASE_URL: url.toString(),
        OUTBOUND_SECRET: OUTBOUND,
        METRICS_TOKEN: METRICS,
        API_KEYS: Object.entries(KEYS)
          .map(([scope, { name, secret }]) => `${name}:${scope}:${secret}`)
          .join(','),
      },
    });
    secrets.add(hub.apiSecret).add(hub.agentSecret);
  });
  afterAll(async () => {
    await hub.stop();
    await base.stop();
    await erp.stop();
  });

  const register = (bearer: string, body: object) =>
    hub.request('POST', '/api/agents/register', body, { authorization: `Bearer ${bearer}` });
  const keep = ({ body }: { body: Record<string, string> }): string => {
    for (const name of ['token', 'outboundToken', 'signingSecret', 'code']) if (body[name] !== undefined) secrets.add(body[name]);
    return body['token'] ?? body['code'] ?? '';
  };

  /** Everything that agents, admins and strangers do with secrets, well and badly. */
  async function useSecrets(): Promise<void> {
    const first = keep(await register(hub.agentSecret, { vendorId: 'v', erpType: 'Test' }));
    const second = keep(await hub.agent({ vendorId: 'v', token: first }, 'POST', '/api/agents/token/rotate'));
    await register(second, { vendorId: 'v', authToken: BROUGHT });
    const code = keep(await hub.admin('POST', '/api/admin/agents/w/enrolment'));
    const third = keep(await register(code, { vendorId: 'w', erpType: 'Test' }));
    await register(code, { vendorId: 'w', erpType: 'Test' });
    await register(third, { vendorId: 'w', version: third.repeat(3) });
    await register(third, { vendorId: 'w', agentUrl: `https://user:${third}@erp.example.com` });
    for (const token of [first, second, third, BROUGHT, 'agt_wrong']) {
      for (const vendorId of ['v', 'w', 'unknown', token]) {
        await hub.agent({ vendorId, token }, 'POST', `/api/agents/heartbeat?token=${token}`, { token });
        await hub.request('GET', `/api/nowhere/${token}?key=${token}`, undefined, { 'x-api-key': token, cookie: `t=${token}` });
        await hub.request('GET', '/metrics', undefined, { authorization: `Bearer ${token}` });
      }
      await hub.agent({ vendorId: 'v', token }, 'POST', '/api/sync/items', `{"token":"${token}"`);
      await hub.request('POST', '/api/admin/mappings', { [token]: token }, { 'x-api-key': hub.apiSecret });
      await hub.request('GET', '/api/admin/agents', undefined, { 'x-correlation-id': `${token}!` });
      await hub.request('GET', `/%zz${token}`);
    }
    await hub.request('GET', '/metrics', undefined, { authorization: `Bearer ${METRICS}` });
    for (const { secret } of Object.values(KEYS)) {
      for (const path of [
        '/api/items?vendorId=v',
        '/api/admin/audit',
        `/api/admin/agents/${secret}`,
        `/api/items?vendorId=v&apiKey=${secret}`,
      ]) {
        await hub.request('GET', path, undefined, { 'x-api-key': secret });
      }
    }
  }

  /** Orders on their way to an agent, with what is in them and what the agent says of them. */
  async function deliver(): Promise<void> {
    const fault = { kind: 'fail', retryable: true, error: `${MARK} said by the agent` } as const;
    const agent = await connectVendor(hub, erp, 'p', { plan: [{ match: { call: 'create-order', nth: 1 }, fault }] });
    const { agentUrl } = (await hub.admin('GET', '/api/admin/agents/p')).body as { agentUrl: string };
    keep(await register(agent.token, { vendorId: 'p', agentUrl }));
    keep(await hub.agent(agent, 'POST', '/api/agents/token/rotate'));
    const { outboundToken, signingSecret } = outboundSecrets(OUTBOUND, 'p', 2);
    for (const version of [1, 2]) for (const each of Object.values(outboundSecrets(OUTBOUND, 'p', version))) secrets.add(each);
    await erp.updateVendor('p', { outboundToken, signingSecret });
    const order = {
      vendorId: 'p',
      erpCustomerCode: 'C',
      notes: MARK,
      shippingAddress: { street: MARK },
      lines: [{ sku: 'A-1', quantity: 1, unitPrice: 1 }],
    };
    const { body } = await hub.request('POST', '/api/orders', order, { 'x-api-key': KEYS.orders.secret, 'idempotency-key': MARK });
    await untilErpStatus(hub, body.id, 'confirmed');
    expect((await erp.calls('p')).map(({ bearer, signature }) => `${bearer} ${signature}`)).toEqual(['ok ok', 'ok ok']);
    const said = { jobId: body.erp.jobId, error: MARK, erpReference: MARK, metadata: { note: MARK } };
    for (const status of ['completed', 'failed', MARK]) await hub.agent(agent, 'POST', '/api/agents/callback', { ...said, status });
    for (const path of [`sync-jobs/${body.erp.jobId}`, 'sync-jobs?vendorId=p', 'dlq?vendorId=p'])
      await hub.admin('GET', `/api/admin/${path}`);
    await hub.admin('POST', `/api/admin/dlq/${body.id}/resolve`, { resolvedBy: MARK, note: MARK, erpReference: MARK });
  }

  /** Statements that fail with secrets and rows among their parameters. */
  async function failWithSecrets(): Promise<void> {
    await hub.admin('POST', '/api/admin/mappings/seed', { vendorId: 'v', mappings: [UNIT, VAT] });
    const agent = { vendorId: 'v', token: BROUGHT };
    expect((await hub.agent(agent, 'POST', '/api/sync/items', { items: [item('GOOD', { name: `${MARK} good` })] })).body.processed).toBe(1);
    await hub.pool.query(`alter table items add constraint unlucky check (name not like '%unlucky%')`);
    await hub.pool.query(`alter table agent_registry add constraint unlucky_agent check (erp_type <> 'unlucky')`);
    await hub.pool.query(`alter table erp_code_mappings add constraint unlucky_mapping check (resto_label not like '%unlucky%')`);
    await hub.pool.query('alter table enrolment_codes rename to mislaid_codes');
    const failed = [
      await hub.agent(agent, 'POST', '/api/sync/items', { items: [item('BAD', { name: `${MARK} unlucky` })] }),
      await register(hub.agentSecret, { vendorId: 'x', erpType: 'unlucky', authToken: `${BROUGHT}-2` }),
      await register(BROUGHT, { vendorId: 'v', erpType: 'unlucky', authToken: `${BROUGHT}-3` }),
      await hub.admin('POST', '/api/admin/agents/y/enrolment'),
      await hub.admin('POST', '/api/admin/mappings', { vendorId: 'v', ...UNIT, erpCode: 'U', restoLabel: `${MARK} unlucky` }),
    ];
    expect(failed.map(({ status }) => status)).toEqual(failed.map(() => 500));
    await eventually(async () => hub.logs().match(/"level":50/g)?.length === failed.length);
  }

  it('whatever is done with secrets, whatever fails, and at the lowest level', async () => {
    await useSecrets();
    await deliver();
    await failWithSecrets();
    const { rows } = await hub.pool.query<{ hash: string }>(
      'select unnest(array[auth_token_hash, previous_token_hash]) as hash from agent_registry union select code_hash from mislaid_codes',
    );
    const hashes = rows.flatMap(({ hash }) => (hash === null ? [] : [hash]));
    expect(hashes.length).toBeGreaterThanOrEqual(3);
    expect(secrets.size).toBeGreaterThan(15);
    const digests = [...secrets].map((secret) => createHash('sha256').update(secret).digest('hex'));
    const logs = hub.logs();
    expect(logs).toContain('"route":"/api/agents/token/rotate"');
    expect(logs).toContain('unlucky_agent');
    expect(logs).toContain('"outcome":"erp_failed"');
    const found = [...secrets, ...digests, ...hashes, MARK, '$2b$', 'whsec_'].filter((each) => logs.includes(each));
    expect(found).toEqual([]);
  });
});
