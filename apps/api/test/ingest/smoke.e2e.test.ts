import { registerAgent, startHub, type Hub } from '../support/hub';

describe('ingest', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub();
  });
  afterAll(async () => {
    await hub.stop();
  });

  it('takes a batch', async () => {
    const agent = await registerAgent(hub, 'v1');
    await hub.admin('POST', '/api/admin/mappings/seed', { vendorId: 'v1', mappings: [{ mappingType: 'unit', erpCode: 'BX', restoCode: 'BOX', restoLabel: 'Carton' }, { mappingType: 'vat', erpCode: 'T1', restoCode: 'FR55', restoLabel: 'TVA', vatRate: 5.5 }] });
    const reply = await hub.agent(agent, 'POST', '/api/sync/items', { items: [{ sku: 'A', name: 'x', contentHash: 'h', lastSyncedAt: '2026-01-01T00:00:00Z', erpUnitCode: 'BX', erpVatCode: 'T1' }] });
    console.log(reply.status, JSON.stringify(reply.body));
    console.log(JSON.stringify((await hub.admin('GET', '/api/items/v1/A')).body), JSON.stringify((await hub.request('GET', '/health')).body), (await hub.request('GET', '/nope')).body, hub.logs().slice(-3000));
  });
});
