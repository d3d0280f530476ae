import { registerAgent, startHub, type Hub } from '../support/hub';
import { parkItem } from './mapping-fixture';

interface Code {
  vendorId: string;
  mappingType: string;
  erpCode: string;
  parkedRows: number;
  firstSeenAt: string;
  lastSeenAt: string;
  suggestions: { restoCode: string; restoLabel: string; vatRate: string | null; because: string }[];
}

describe('the inbox of unmapped codes', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub();
  });
  afterAll(() => hub.stop());

  const inbox = async (query: string) => (await hub.admin('GET', `/api/admin/mappings/unmapped?${query}`)).body;
  const seed = (vendorId: string, mappings: readonly object[]) => hub.admin('POST', '/api/admin/mappings/seed', { vendorId, mappings });

  it('groups the codes that items wait for, most recently seen first', async () => {
    await parkItem(hub.pool, 'inbox', 'A', ['unit:BX', 'vat:T:1'], { seenAt: '2026-01-01T10:00:00Z' });
    await parkItem(hub.pool, 'inbox', 'B', ['unit:BX'], { seenAt: '2026-01-03T10:00:00Z' });
    await parkItem(hub.pool, 'inbox', 'C', ['unit:bx'], { seenAt: '2026-01-02T10:00:00.123Z' });
    const { data, meta } = await inbox('vendorId=inbox');
    expect(meta).toEqual({ page: 1, limit: 50, total: 3, totalPages: 1 });
    const common = { vendorId: 'inbox', suggestions: [] };
    expect(data).toEqual([
      {
        ...common,
        mappingType: 'unit',
        erpCode: 'BX',
        parkedRows: 2,
        firstSeenAt: '2026-01-01T10:00:00.000Z',
        lastSeenAt: '2026-01-03T10:00:00.000Z',
      },
      {
        ...common,
        mappingType: 'unit',
        erpCode: 'bx',
        parkedRows: 1,
        firstSeenAt: '2026-01-02T10:00:00.123Z',
        lastSeenAt: '2026-01-02T10:00:00.123Z',
      },
      {
        ...common,
        mappingType: 'vat',
        erpCode: 'T:1',
        parkedRows: 1,
        firstSeenAt: '2026-01-01T10:00:00.000Z',
        lastSeenAt: '2026-01-01T10:00:00.000Z',
      },
    ]);
    const second = await inbox('vendorId=inbox&page=2&limit=1');
    expect(second).toMatchObject({ data: [{ erpCode: 'bx' }], meta: { page: 2, limit: 1, total: 3, totalPages: 3 } });
    expect((await inbox('vendorId=nobody')).data).toEqual([]);
    expect((await inbox('limit=101')).code).toBe('invalid_request');
  });

  it('suggests by code, label and barcode, and shows of other vendors only what they map to', async () => {
    const agent = await registerAgent(hub, 'own');
    await seed('own', [
      { mappingType: 'unit', erpCode: 'CARTON6', restoCode: 'OWN-BOX', restoLabel: 'Carton de 6' },
      { mappingType: 'unit', erpCode: 'KILO', restoCode: 'KGM', restoLabel: 'Kilogramme' },
      { mappingType: 'vat', erpCode: 'N', restoCode: 'FR-20', restoLabel: 'TVA 20 %', vatRate: '20' },
    ]);
    await seed('other', [
      { mappingType: 'unit', erpCode: 'SEAU-INTERNE', restoCode: 'BUCKET', restoLabel: 'Seau' },
      { mappingType: 'unit', erpCode: 'cart-6', restoCode: 'CT', restoLabel: 'Carton' },
      { mappingType: 'vat', erpCode: 'TVA RÉDUITE', restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %', vatRate: '5.5' },
    ]);
    const row = (sku: string, erpUnitCode: string, erpVatCode: string, barcode?: string) => ({
      sku,
      name: sku,
      contentHash: sku,
      lastSyncedAt: '2026-01-31T08:30:00Z',
      erpUnitCode,
      erpVatCode,
      ...(barcode === undefined ? {} : { barcode }),
    });
    const reply = await hub.agent(agent, 'POST', '/api/sync/items', {
      items: [
        row('stored', 'KILO', 'N', '3017620422003'),
        row('near', 'CARTONS6', 'N'),
        row('code', 'CART 6', 'N'),
        row('label', 'seau', 'N'),
        row('barcode', 'X-77', 'Y-77', '3017620422003'),
        row('vat', 'KILO', 'tva reduite'),
      ],
    });
    expect(reply.body).toMatchObject({ processed: 1, failed: 5 });

    const { data } = (await inbox('vendorId=own')) as { data: Code[] };
    const found = Object.fromEntries(data.map(({ mappingType, erpCode, suggestions }) => [`${mappingType}:${erpCode}`, suggestions]));
    expect(found['unit:CARTONS6']).toEqual([{ restoCode: 'OWN-BOX', restoLabel: 'Carton de 6', vatRate: null, because: 'near_code' }]);
    expect(found['unit:CART 6']?.[0]).toEqual({ restoCode: 'CT', restoLabel: 'Carton', vatRate: null, because: 'same_code' });
    expect(found['unit:seau']).toEqual([{ restoCode: 'BUCKET', restoLabel: 'Seau', vatRate: null, because: 'same_label' }]);
    expect(found['unit:X-77']).toEqual([{ restoCode: 'KGM', restoLabel: 'Kilogramme', vatRate: null, because: 'same_barcode' }]);
    expect(found['vat:Y-77']).toEqual([{ restoCode: 'FR-20', restoLabel: 'TVA 20 %', vatRate: '20', because: 'same_barcode' }]);
    expect(found['vat:tva reduite']).toEqual([{ restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %', vatRate: '5.5', because: 'same_code' }]);
    // Neither another vendor's ERP codes nor its name.
    expect(JSON.stringify(data)).not.toMatch(/SEAU-INTERNE|cart-6|RÉDUITE|other/);
  });

  it('finds no barcodes among the items of other vendors', async () => {
    const agent = await registerAgent(hub, 'theirs');
    await seed('theirs', [
      { mappingType: 'unit', erpCode: 'PAL', restoCode: 'PALLET', restoLabel: 'Palette' },
      { mappingType: 'vat', erpCode: 'N', restoCode: 'FR-20', restoLabel: 'TVA 20 %', vatRate: '20' },
    ]);
    const items = [
      {
        sku: 'S',
        name: 'S',
        contentHash: 'S',
        lastSyncedAt: '2026-01-31T08:30:00Z',
        erpUnitCode: 'PAL',
        erpVatCode: 'N',
        barcode: '4006381333931',
      },
    ];
    expect((await hub.agent(agent, 'POST', '/api/sync/items', { items })).body.processed).toBe(1);
    await parkItem(hub.pool, 'curious', 'S', ['unit:Q-99'], { barcode: '4006381333931' });
    expect((await inbox('vendorId=curious')).data).toMatchObject([{ erpCode: 'Q-99', suggestions: [] }]);
  });
});
