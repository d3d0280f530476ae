import { expectProblem } from '../security/security-fixture';
import { startHub, type Hub } from '../support/hub';

let hub: Hub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.stop());

describe('the metrics of a vendor', () => {
  it('are zeros before its first job', async () => {
    expect(await hub.admin('GET', '/api/admin/metrics/v1')).toMatchObject({ status: 200, body: { total: 0, successRate: null } });
    expect((await hub.admin('GET', '/api/admin/metrics/v1?window=30m')).status).toBe(200);
  });

  it.each(['', '0h', '-1h', '24', '1.5h', '24H', '1w', '32d', '9999999d'])('do not take the window %p', async (window) => {
    expectProblem(await hub.admin('GET', `/api/admin/metrics/v1?window=${window}`), 400, 'invalid_request');
  });
});
