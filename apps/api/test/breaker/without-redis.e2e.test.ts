import { registerAgent, startHub, type Hub } from '../support/hub';

describe('while Redis is away', () => {
  let hub: Hub;
  beforeAll(async () => {
    // Nobody listens there.
    hub = await startHub({ env: { ROLE: 'api', REDIS_URL: 'redis://127.0.0.1:1/0' } });
    await registerAgent(hub, 'v1');
  });
  afterAll(() => hub.stop());

  it('all breakers are closed, and none can be reset', async () => {
    const closed = { vendorId: 'v1', state: 'closed', openUntil: null, failures: 0, calls: 0 };
    const { status, body } = await hub.admin('GET', '/api/admin/circuit-breaker/status');
    expect([status, body]).toEqual([200, { data: ['orders', 'reconciliation'].map((apiType) => ({ ...closed, apiType })) }]);
    const reset = await hub.admin('POST', '/api/admin/circuit-breaker/reset', { vendorId: 'v1' });
    expect(reset).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect((await hub.admin('GET', '/api/admin/audit?action=breaker.reset')).body.data).toEqual([]);
    expect((await hub.request('GET', '/metrics')).body).toContain('sync_breaker_state{api_type="orders",state="closed"} 1');
  });
});
