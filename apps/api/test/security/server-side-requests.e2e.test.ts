import { startHub, type Hub, type TestAgent, registerAgent } from '../support/hub';
import { expectProblem } from './security-fixture';

describe('API7:2023 server side request forgery: the hub is led to no address that is not an agent', () => {
  let hub: Hub;
  let agent: TestAgent;
  beforeAll(async () => {
    hub = await startHub({ env: { AGENT_URL_ALLOW: '10.1.0.0/16,erp.internal' } });
    agent = await registerAgent(hub, 'pulls');
  });
  afterAll(() => hub.stop());

  const REFUSED = [
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/',
    'https://[::ffff:169.254.169.254]/',
    'https://2852039166/',
    'https://0xa9fea9fe/',
    'https://0251.0376.0251.0376/',
    'https://metadata.google.internal/',
    'https://METADATA.google.internal./',
    'https://100.100.100.200/',
    'https://127.0.0.1:5432/',
    'https://127.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://0.0.0.0/',
    'https://10.2.0.1/',
    'https://192.168.0.1/',
    'https://[fe80::1]/',
    'https://[fd00:ec2::254]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'http://93.184.216.34/',
    'file:///etc/passwd',
    'gopher://10.1.0.1:6379/_FLUSHALL',
    'ftp://10.1.0.1/',
    'javascript:alert(1)',
    'https://user:password@10.1.0.1/',
    'https://10.1.0.1@127.0.0.1/',
    'https://10.1.0.1:0/',
    'https://10.1.0.1:65536/',
    'https://10.1.0.1/?to=http://127.0.0.1',
    'https://10.1.0.1/#x',
    'https://',
    'erp.internal',
    '//erp.internal/',
  ];

  it.each(REFUSED)('refuses %s at registration, at an update, and from an admin', async (agentUrl) => {
    const body = { vendorId: 'new', erpType: 'Test', agentUrl };
    expectProblem(
      await hub.request('POST', '/api/agents/register', body, { authorization: `Bearer ${hub.agentSecret}` }),
      422,
      'unsafe_agent_url',
    );
    expectProblem(await hub.agent(agent, 'POST', '/api/agents/register', { vendorId: 'pulls', agentUrl }), 422, 'unsafe_agent_url');
    expectProblem(await hub.admin('PUT', '/api/admin/agents/pulls', { agentUrl }), 422, 'unsafe_agent_url');
    expect((await hub.admin('GET', '/api/admin/agents/pulls')).body).toMatchObject({ mode: 'pull', agentUrl: null });
    expectProblem(await hub.admin('GET', '/api/admin/agents/new'), 404, 'not_found');
  });

  it.each(['http://10.1.0.1:8080/erp', 'https://10.1.255.255/', 'https://93.184.216.34/erp'])('takes %s', async (agentUrl) =>
    expect((await hub.admin('PUT', '/api/admin/agents/pulls', { agentUrl })).body).toMatchObject({ mode: 'push' }),
  );
});
