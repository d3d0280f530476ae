import { registerAgent, startHub, type Hub, type HubReply, type TestAgent } from '../support/hub';
import { settle, writeItems, writeStock, writeWarehouses } from './seed-catalogue';

const KEYS = { read: 'a-key-of-a-storefront-that-reads', orders: 'a-key-of-a-shop-that-orders', admin: 'a-key-of-an-operator-0123' };

let hub: Hub;
let agent: TestAgent;
beforeAll(async () => {
  const keys = Object.entries(KEYS).map(([scope, secret]) => `${scope}-key:${scope}:${secret}`);
  hub = await startHub({ env: { API_KEYS: keys.join(','), RETENTION_TOMBSTONES_DAYS: '2' } });
  agent = await registerAgent(hub, 'v1');
});
afterAll(() => hub.stop());

const get = (path: string, key: string = KEYS.read): Promise<HubReply> => hub.request('GET', path, undefined, { 'x-api-key': key });
const itemPath = (sku: string, vendorId = 'v1') => `/api/items/${vendorId}/${encodeURIComponent(sku)}`;

/** The SKUs of a list, from a cursor to its end. */
async function readToEnd(query: string, cursor?: string): Promise<{ skus: string[]; cursor: string }> {
  const skus: string[] = [];
  for (let next = cursor; ;) {
    const { status, body } = await get(`/api/items?${query}${next === undefined ? '' : `&cursor=${next}`}`);
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
    const { data, meta } = body as { data: { sku: string }[]; meta: { nextCursor: string; hasMore: boolean } };
    skus.push(...data.map(({ sku }) => sku));
    next = meta.nextCursor;
    if (!meta.hasMore) return { skus, cursor: next };
  }
}

describe('what an agent has pushed', () => {
  const item = {
    sku: 'A/1 50% “é” 🧀',
    name: 'Crème brûlée',
    contentHash: 'hash-1',
    lastSyncedAt: '2026-01-31T09:30:00.123456+01:00',
    erpUnitCode: 'BX',
    erpVatCode: 'T1',
    priceExclVat: '12.5000',
    weight: 0.25,
    purchasePrice: '12345678901234567890.0123456789',
    isActive: false,
    description: '',
    attributes: { origin: { country: 'FR' }, tags: ['frais', 1] },
  };
  const stock = { sku: item.sku, erpWarehouseId: 'W 1/2', realStock: '-3.50', virtualStock: 0, reservedQuantity: 1 };
  const synced = { contentHash: 'hash-2', lastSyncedAt: '2026-01-31T08:30:00Z' };

  beforeAll(async () => {
    const mapping = { erpCode: 'BX', restoCode: 'box', restoLabel: 'Box' };
    const mappings = [
      { ...mapping, mappingType: 'unit' },
      { ...mapping, mappingType: 'vat', erpCode: 'T1', restoCode: 'reduced', vatRate: '5.50' },
    ];
    const replies = [
      await hub.admin('POST', '/api/admin/mappings/seed', { vendorId: 'v1', mappings }),
      await hub.agent(agent, 'POST', '/api/sync/items', { items: [item] }),
      await hub.agent(agent, 'POST', '/api/sync/warehouses', {
        warehouses: [{ erpWarehouseId: 'W 1/2', code: 'R', name: 'Rungis', latitude: '48.750', ...synced }],
      }),
      await hub.agent(agent, 'POST', '/api/sync/stock', { stock: [{ ...stock, ...synced }] }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await settle(hub.pool);
  });

  it('is read by key: decimals exact, times to the microsecond, absent properties null, nothing of the hub', async () => {
    const { status, body } = await get(itemPath(item.sku));
    expect(status).toBe(200);
    expect(body).toEqual({
      ...Object.fromEntries(
        ['erpFamilyCode', 'erpSubfamilyCode', 'erpId', 'barcode', 'slug', 'unitPrice', 'priceInclVat', 'vatAmount', 'catalogPrice']
          .concat(['minimumOrderQuantity', 'currency', 'manageStock', 'allowNegativeStock', 'stockBookingAllowed', 'trackingMode'])
          .concat(['weightUnit', 'height', 'width', 'length', 'dimensionUnit', 'itemsPerPackage', 'brand', 'originCountryCode'])
          .concat(['publishOnWeb', 'erpUpdatedAt', 'familyCode', 'familyLabel', 'subfamilyCode', 'subfamilyLabel', 'deletedAt'])
          .map((property) => [property, null]),
      ),
      ...item,
      vendorId: 'v1',
      lastSyncedAt: '2026-01-31T08:30:00.123456Z',
      priceExclVat: '12.5',
      weight: '0.25',
      unitCode: 'box',
      unitLabel: 'Box',
      vatCode: 'reduced',
      vatRate: '5.5',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\d{3})?Z$/) as unknown,
      updatedAt: expect.stringMatching(/Z$/) as unknown,
    });
  });

  it('is found in every place where it is', async () => {
    const [warehouse, sku] = ['W 1/2', item.sku].map(encodeURIComponent);
    const row = { vendorId: 'v1', sku: item.sku, erpWarehouseId: 'W 1/2', realStock: '-3.5', virtualStock: '0', averageCost: null };
    const one = await get(`/api/stock/v1/${warehouse}/${sku}`);
    expect(one.body).toMatchObject({ ...row, lastSyncedAt: '2026-01-31T08:30:00.000Z' });
    expect((await get(`/api/stock/v1/${sku}`)).body).toEqual({ data: [one.body] });
    expect((await get(`/api/warehouses/v1/${warehouse}`)).body).toMatchObject({ code: 'R', latitude: '48.75', type: null });
    for (const [entity, keys] of [
      ['items', { sku: item.sku }],
      ['stock', row],
      ['warehouses', { code: 'R' }],
    ] as const) {
      const { body } = await get(`/api/${entity}?vendorId=v1`);
      expect(body).toEqual({
        data: [expect.objectContaining(keys)],
        meta: { limit: 100, nextCursor: expect.any(String) as unknown, hasMore: false },
      });
    }
  });
});

describe('exact keys', () => {
  const alike = [
    'DUPX',
    'dupx',
    'dupx ',
    ' dupx',
    'dupx/',
    '/',
    '%',
    '%2F',
    '%25',
    'a+b',
    'a b',
    'a?b=c#d',
    'é',
    'e\u0301',
    '🧀'.repeat(100),
    "'; drop table items; --",
    '\\',
    '\u0001',
  ];
  beforeAll(async () => {
    for (const sku of alike)
      await writeItems(hub.pool, [sku], { vendorId: 'keys', hash: Buffer.from(sku).toString('base64url').slice(0, 64) });
  });

  it.each(alike)('finds %j and nothing near it', async (sku) => {
    const { status, body } = await get(itemPath(sku, 'keys'));
    expect({ status, sku: (body as { sku: string }).sku }).toEqual({ status: 200, sku });
  });

  it.each(['Dupx', 'dupx  ', 'dup', '%20'])('does not find %j', async (sku) => {
    expect(await get(itemPath(sku, 'keys'))).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('pages over all of them', async () => {
    await settle(hub.pool);
    const { skus } = await readToEnd('vendorId=keys&limit=1');
    expect(skus).toEqual(alike);
  });
});

describe('who may read', () => {
  const paths = [
    '/api/items?vendorId=v1',
    '/api/stock?vendorId=v1',
    '/api/warehouses?vendorId=v1',
    '/api/items/v1/x',
    '/api/stock/v1/x',
    '/api/stock/v1/w/x',
    '/api/warehouses/v1/w',
  ];

  it.each(paths)('%s: keys with each scope, and nobody else', async (path) => {
    const expected = path.includes('?') ? 200 : 404;
    for (const key of [...Object.values(KEYS), hub.apiSecret]) expect((await get(path, key)).status).toBe(expected);
    const refused = { status: 401, body: { code: 'unauthorized' } };
    expect(await hub.request('GET', path)).toMatchObject(refused);
    expect(await get(path, 'no-key-of-anyone-at-all')).toMatchObject(refused);
    expect(await hub.agent(agent, 'GET', path)).toMatchObject(refused);
    expect(await get(path, agent.token)).toMatchObject(refused);
  });
});

describe('deleted rows', () => {
  beforeAll(async () => {
    const vendorId = 'gone';
    await writeItems(hub.pool, ['A', 'B'], { vendorId });
    await writeWarehouses(hub.pool, ['W1', 'W2'], { vendorId });
    await writeStock(hub.pool, 'W1', ['A', 'B'], { vendorId });
    await writeStock(hub.pool, 'W2', ['B'], { vendorId });
    await writeStock(hub.pool, 'W1', ['A', 'B'], { vendorId, deleted: true });
    await writeItems(hub.pool, ['A'], { vendorId, deleted: true });
    await writeWarehouses(hub.pool, ['W1'], { vendorId, deleted: true });
    await settle(hub.pool);
  });

  it.each(['items/gone/A', 'stock/gone/A', 'stock/gone/W1/A', 'stock/gone/W1/B', 'warehouses/gone/W1'])(
    'are not found by key: %s',
    async (path) => {
      expect(await get(`/api/${path}`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    },
  );

  it.each(['items/gone/B', 'stock/gone/W2/B', 'warehouses/gone/W2'])('leave the others be: %s', async (path) => {
    expect((await get(`/api/${path}`)).status).toBe(200);
    expect((await get('/api/stock/gone/B')).body).toMatchObject({ data: [{ erpWarehouseId: 'W2' }] });
  });

  it.each([
    ['items', 1, 2],
    ['stock', 1, 3],
    ['warehouses', 1, 2],
  ])('are in the list of %s only when asked for', async (entity, live, all) => {
    const rows = async (more: string) =>
      ((await get(`/api/${entity}?vendorId=gone${more}`)).body as { data: { deletedAt: string | null }[] }).data;
    expect(await rows('')).toHaveLength(live);
    expect(await rows('&deleted=false')).toHaveLength(live);
    const withDeleted = await rows('&deleted=true');
    expect(withDeleted).toHaveLength(all);
    expect(withDeleted.filter(({ deletedAt }) => deletedAt !== null)).toHaveLength(all - live);
  });

  it('of another vendor are as unknown as live ones', async () => {
    expect((await get('/api/items/v2/B')).status).toBe(404);
    expect((await readToEnd('vendorId=v2&deleted=true')).skus).toEqual([]);
  });
});

describe('requests that are not valid', () => {
  it.each([
    ['/api/items', 'vendorId'],
    ['/api/items?vendorId=', 'vendorId'],
    ['/api/items?vendorId=a&vendorId=b', 'vendorId'],
    ['/api/items?vendorId=a%20b', 'vendorId'],
    ['/api/items?vendorId=v1&limit=0', 'limit'],
    ['/api/items?vendorId=v1&limit=1001', 'limit'],
    ['/api/items?vendorId=v1&limit=1.5', 'limit'],
    ['/api/items?vendorId=v1&limit=many', 'limit'],
    ['/api/items?vendorId=v1&deleted=yes', 'deleted'],
    ['/api/items?vendorId=v1&updatedSince=yesterday', 'updatedSince'],
    ['/api/items?vendorId=v1&updatedSince=2026-01-31T08:30:00', 'updatedSince'],
    ['/api/items?vendorId=v1&cursor=x', 'cursor'],
    ['/api/items?vendorId=v1&cursor=', 'cursor'],
    [`/api/items?vendorId=v1&cursor=${'a'.repeat(3_001)}`, 'cursor'],
    ['/api/items?vendorId=v1&page=2', 'page'],
    ['/api/stock?vendorId=v1&sku=x', 'sku'],
    ['/api/items/a%20b/x', 'vendorId'],
    ['/api/items/v1/a%00b', 'sku'],
    [`/api/items/v1/${'a'.repeat(101)}`, 'sku'],
  ])('%s names %s', async (path, field) => {
    const { status, headers, body } = await get(path);
    expect({ status, type: headers.get('content-type') }).toEqual({
      status: 400,
      type: expect.stringContaining('application/problem+json') as unknown,
    });
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: field }] });
  });

  it('takes the whole range of limits', async () => {
    expect((await get('/api/items?vendorId=v1&limit=1')).status).toBe(200);
    expect((await get('/api/items?vendorId=v1&limit=1000')).status).toBe(200);
  });

  it('refuses a broken escape in the path', async () => {
    expect((await get('/api/items/v1/%E0%A4%A')).status).toBe(400);
  });

  it('refuses the cursor of another vendor or list', async () => {
    const { cursor } = await readToEnd('vendorId=v1');
    for (const path of [`/api/items?vendorId=v2&cursor=${cursor}`, `/api/stock?vendorId=v1&cursor=${cursor}`]) {
      expect(await get(path)).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ path: 'cursor' }] } });
    }
  });

  it('replies 410 to a cursor that is older than deleted rows are kept', async () => {
    const old = { v: 1, e: 'items', i: 'v1', s: '0', k: [''], u: null, t: Date.now() - 2 * 86_400_000 };
    const cursor = Buffer.from(JSON.stringify(old)).toString('base64url');
    expect(await get(`/api/items?vendorId=v1&cursor=${cursor}`)).toMatchObject({ status: 410, body: { code: 'expired' } });
  });
});

it('goes on with a cursor after a restart of the hub', async () => {
  await writeItems(hub.pool, ['A', 'B', 'C'], { vendorId: 'kept' });
  await settle(hub.pool);
  const { skus, cursor } = await readToEnd('vendorId=kept&deleted=true&limit=2');
  expect(skus).toEqual(['A', 'B', 'C']);
  await hub.kill();
  await writeItems(hub.pool, ['B'], { vendorId: 'kept', deleted: true });
  await settle(hub.pool);
  await hub.restart();
  expect((await readToEnd('vendorId=kept&deleted=true', cursor)).skus).toEqual(['B']);
});
