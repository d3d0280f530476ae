import { startHub, type Hub, type HubReply } from '../support/hub';

const UNIT = { mappingType: 'unit', erpCode: 'BX', restoCode: 'BOX', restoLabel: 'Carton' };
const VAT = { mappingType: 'vat', erpCode: 'T1', restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %', vatRate: '5.50' };
const ORDERS_KEY = 'orders-key-of-the-tests-0123456789';
const UNKNOWN = '0199c0de-0000-7000-8000-000000000000';

describe('administering mappings', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub({ env: { API_KEYS: `shop:orders:${ORDERS_KEY},ops-2:admin:${ORDERS_KEY}-admin` } });
  });
  afterAll(() => hub.stop());

  const create = (vendorId: string, more: object = UNIT) => hub.admin('POST', '/api/admin/mappings', { vendorId, ...more });
  const put = (id: string, body: object) => hub.admin('PUT', `/api/admin/mappings/${id}`, body);
  const remove = (id: string) => hub.admin('DELETE', `/api/admin/mappings/${id}`);
  const list = async (query: string) => (await hub.admin('GET', `/api/admin/mappings?${query}`)).body;
  const audit = async (vendorId: string) =>
    (
      await hub.pool.query<{ actor: string; action: string; target: string; before: unknown; after: unknown; correlation_id: string }>(
        'select * from audit_log where vendor_id = $1 order by id',
        [vendorId],
      )
    ).rows;
  const paths = (reply: HubReply) => [reply.status, reply.body.code, (reply.body.errors ?? []).map(({ path }: { path: string }) => path)];

  it('creates a mapping and replies it as it will be listed', async () => {
    const unit = await create('crud');
    expect(unit.status).toBe(201);
    expect(unit.body).toEqual({
      ...UNIT,
      id: expect.any(String),
      vendorId: 'crud',
      vatRate: null,
      isActive: true,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    const vat = await create('crud', VAT);
    expect(vat.body.vatRate).toBe('5.5');
    expect(await list('vendorId=crud')).toEqual({ data: [vat.body, unit.body], meta: { page: 1, limit: 50, total: 2, totalPages: 1 } });
    expect((await list('vendorId=crud&type=unit')).data).toEqual([unit.body]);
    expect((await list('vendorId=crud&page=2&limit=1')).data).toEqual([unit.body]);
    expect((await list('vendorId=crud&active=false')).data).toEqual([]);
  });

  it('refuses a second active mapping of a code, naming the first, and brings a deleted one back', async () => {
    const { body: first } = await create('revive');
    const again = await create('revive', { ...UNIT, restoCode: 'CRATE' });
    expect([again.status, again.body.code]).toEqual([409, 'conflict']);
    expect(again.body.detail).toContain(first.id);
    expect((await create('revive', { ...UNIT, erpCode: 'bx' })).status).toBe(201);

    expect((await remove(first.id)).status).toBe(204);
    expect((await list('vendorId=revive&active=false')).data).toMatchObject([{ id: first.id, isActive: false }]);
    const revived = await create('revive', { ...UNIT, restoCode: 'CRATE', restoLabel: 'Caisse' });
    expect([revived.status, revived.body.id, revived.body.restoCode, revived.body.isActive]).toEqual([201, first.id, 'CRATE', true]);
  });

  it('lets exactly one of many simultaneous creations of a code win', async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, (_, i) => create('raced', { ...UNIT, restoCode: `R${i}` })));
    const statuses = replies.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array.from({ length: 11 }, () => 409)]);
  });

  it('changes what is given and leaves the rest', async () => {
    const { body: vat } = await create('put', VAT);
    const label = await put(vat.id, { restoLabel: 'Taux réduit' });
    expect([label.status, label.body]).toMatchObject([200, { ...vat, restoLabel: 'Taux réduit', updatedAt: expect.any(String) }]);
    const same = await put(vat.id, { vendorId: 'put', mappingType: 'vat', erpCode: 'T1', vatRate: 5.5 });
    expect([same.status, same.body]).toEqual([200, label.body]);
    expect((await put(vat.id, { isActive: false })).body.isActive).toBe(false);
    expect((await put(vat.id, { isActive: true, vatRate: '10' })).body).toMatchObject({ isActive: true, vatRate: '10' });
  });

  it('keeps the identity of a mapping, and the rate of a VAT mapping', async () => {
    const { body: vat } = await create('identity', VAT);
    expect(paths(await put(vat.id, { vendorId: 'other' }))).toEqual([400, 'invalid_request', ['vendorId']]);
    expect(paths(await put(vat.id, { mappingType: 'unit' }))).toEqual([400, 'invalid_request', ['mappingType']]);
    expect(paths(await put(vat.id, { erpCode: 't1' }))).toEqual([400, 'invalid_request', ['erpCode']]);
    expect(paths(await put(vat.id, { vatRate: null }))).toEqual([400, 'invalid_request', ['vatRate']]);
    expect(paths(await put(vat.id, { vatRate: '100.01' }))).toEqual([400, 'invalid_request', ['vatRate']]);
    expect(paths(await create('identity', { ...VAT, erpCode: 'T2', vatRate: null }))).toEqual([400, 'invalid_request', ['vatRate']]);
    expect((await list('vendorId=identity')).data).toEqual([vat]);
  });

  it('deletes softly, any number of times', async () => {
    const { body: unit } = await create('delete');
    expect((await remove(unit.id)).status).toBe(204);
    expect((await remove(unit.id)).status).toBe(204);
    const { rows } = await hub.pool.query(`select version from mapping_versions where vendor_id = 'delete'`);
    expect(rows).toEqual([{ version: '2' }]);
  });

  it('does not know ids that were never given', async () => {
    expect((await remove(UNKNOWN)).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await put(UNKNOWN, { restoCode: 'X' })).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await remove('not-a-uuid')).body).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  it('is for the scope admin alone, and records who did what, before and after', async () => {
    const asShop = { 'x-api-key': ORDERS_KEY };
    expect((await hub.request('GET', '/api/admin/mappings', undefined, asShop)).body.code).toBe('forbidden');
    expect((await hub.request('POST', '/api/admin/mappings', { vendorId: 'audit', ...UNIT }, asShop)).body.code).toBe('forbidden');
    expect((await hub.request('GET', '/api/admin/mappings')).body.code).toBe('unauthorized');

    const asOps = { 'x-api-key': `${ORDERS_KEY}-admin`, 'x-correlation-id': 'mapping-audit-1' };
    const { body: created } = await hub.request('POST', '/api/admin/mappings', { vendorId: 'audit', ...UNIT }, asOps);
    const { body: changed } = await put(created.id, { restoCode: 'CRATE' });
    await remove(created.id);
    const entries = await audit('audit');
    expect(entries).toMatchObject([
      {
        actor: 'ops-2',
        action: 'mapping.create',
        target: `mapping:${created.id}`,
        before: null,
        after: created,
        correlation_id: 'mapping-audit-1',
      },
      { action: 'mapping.update', before: created, after: changed },
      { action: 'mapping.delete', before: changed, after: { restoCode: 'CRATE', isActive: false } },
    ]);
    expect(entries[1]?.actor).not.toBe('ops-2');
  });

  describe('by seed', () => {
    const seed = (vendorId: string, mappings: readonly object[]) => hub.admin('POST', '/api/admin/mappings/seed', { vendorId, mappings });
    const units = (count: number, more: object = {}) => Array.from({ length: count }, (_, i) => ({ ...UNIT, erpCode: `U${i}`, ...more }));

    it('creates 5,000, finds them unchanged, and updates what differs or was deleted', async () => {
      expect((await seed('seed', units(5_000))).body).toEqual({ created: 5_000, updated: 0, unchanged: 0, replaying: 0 });
      expect((await seed('seed', units(5_000))).body).toEqual({ created: 0, updated: 0, unchanged: 5_000, replaying: 0 });
      const { rows } = await hub.pool.query<{ id: string }>(
        `select id from erp_code_mappings where vendor_id = 'seed' and erp_code = 'U7'`,
      );
      const deleted = rows[0]?.id ?? '';
      await remove(deleted);
      const mixed = [{ ...UNIT, erpCode: 'U0', restoLabel: 'changed' }, ...units(4_999).slice(1), VAT];
      expect((await seed('seed', mixed)).body).toEqual({ created: 1, updated: 2, unchanged: 4_997, replaying: 0 });
      const last = (await audit('seed')).at(-1);
      expect(last).toMatchObject({ action: 'mapping.seed', target: 'mappings', after: { created: 1, updated: 2 } });
      expect(last?.before).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ code: 'U0', restoLabel: 'Carton', isActive: true }),
          expect.objectContaining({ id: deleted, code: 'U7', isActive: false }),
        ]),
      );
    });

    it('refuses more than 5,000 as too many rows, and writes nothing', async () => {
      const reply = await seed('seed-many', units(5_001));
      expect([reply.status, reply.body.code]).toEqual([413, 'too_many_rows']);
      expect((await list('vendorId=seed-many')).data).toEqual([]);
    });

    it('refuses a code that is given twice, naming the second, and one bad entry refuses all', async () => {
      const twice = [...units(7), { ...UNIT, erpCode: 'U2', restoCode: 'OTHER' }];
      expect(paths(await seed('seed-bad', twice))).toEqual([400, 'invalid_request', ['mappings[7].erpCode']]);
      const bad = [...units(2), { ...VAT, vatRate: undefined }, { ...UNIT, erpCode: '' }];
      expect(paths(await seed('seed-bad', bad))).toEqual([400, 'invalid_request', ['mappings[2].vatRate', 'mappings[3].erpCode']]);
      expect((await seed('seed-bad', [])).status).toBe(400);
      expect((await list('vendorId=seed-bad')).data).toEqual([]);
      // The same code of another type, or in another case, is another code.
      expect((await seed('seed-bad', [UNIT, { ...UNIT, mappingType: 'family' }, { ...UNIT, erpCode: 'bx' }])).body.created).toBe(3);
    });
  });
});
