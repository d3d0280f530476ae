import { ROW_SCHEMAS } from '@repo/contracts/rows/entities';
import type { Entity } from '@repo/contracts/primitives';
import { eventually, type Hub, type TestAgent } from '../support/hub';
import { hashOf, item, mappedVendor, stock, warehouse } from '../support/rows';
import { sendRaw } from './raw-http';
import { expectProblem, onlyVerdict, startHubWithKeys } from './security-fixture';

type Row = Record<string, unknown>;

/** Free text of each entity, with its most characters; codes, numbers and times have formats of their own. */
const TEXTS: Record<Entity, Record<string, number>> = {
  items: {
    sku: 100,
    name: 255,
    erpFamilyCode: 50,
    erpSubfamilyCode: 50,
    erpId: 100,
    description: 10_000,
    barcode: 100,
    slug: 255,
    weightUnit: 20,
    dimensionUnit: 20,
    brand: 500,
    originCountryCode: 10,
  },
  stock: { sku: 100, erpWarehouseId: 100 },
  warehouses: {
    erpWarehouseId: 100,
    code: 100,
    name: 255,
    description: 10_000,
    address: 500,
    city: 255,
    postalCode: 50,
    state: 255,
  },
};
const FORMATTED: Record<Entity, readonly string[]> = {
  items: ['contentHash', 'lastSyncedAt', 'erpUnitCode', 'erpVatCode', 'currency', 'trackingMode', 'unitPrice', 'erpUpdatedAt'],
  stock: ['contentHash', 'lastSyncedAt', 'realStock', 'averageCost', 'erpUpdatedAt'],
  warehouses: ['contentHash', 'lastSyncedAt', 'country', 'latitude', 'type'],
};
const ENTITIES: Entity[] = ['items', 'stock', 'warehouses'];
const valid: Record<Entity, () => Row> = {
  items: () => item('VALID'),
  stock: () => stock('VALID', 'W'),
  warehouses: () => warehouse('W'),
};

/** Texts that mean something to a shell of SQL, to a driver, to an array literal, to JSON, or to a template. */
const MEANINGFUL = [
  `'; drop table items; --`,
  `' or '1'='1`,
  `''`,
  `"`,
  `";--`,
  `\\`,
  `\\'`,
  `\\"`,
  `E'\\\\x27'`,
  `U&'\\0027'`,
  `$1`,
  `$$;$$`,
  `\${1}`,
  `:name`,
  `?`,
  `%`,
  `%s`,
  `_`,
  `/* */`,
  `NULL`,
  `null`,
  `\\N`,
  `{}`,
  `{a,b}`,
  `{"a":1}`,
  `[1]`,
  `(1,2)`,
  `,`,
  `,,"`,
  ` `,
  ` x `,
  `\t`,
  `\n`,
  `\r\n`,
  `\u007f`,
  `\u001e`,
  `\u2028`,
  `\ufeff`,
  `\uffff`,
  `é`,
  `e\u0301`,
  `🧀`,
  `日本酒`,
  `مرحبا`,
  `true`,
  `0`,
  `-1`,
  `1e5`,
  `pg_sleep(5)`,
  `{{7*7}}`,
  `<b>`,
  `../..`,
];
const UNSAFE_TEXT: [string, string][] = [
  ['a NUL', '\\u0000'],
  ['a NUL within', 'a\\u0000b'],
  ['a high surrogate', '\\ud800'],
  ['a low surrogate', 'a\\udc00'],
  ['a pair the wrong way round', '\\udc00\\ud800'],
  ['a surrogate in upper case', '\\uDBFFx'],
];
const UNSAFE_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  '\\u005f_proto__',
  '\\u005F\\u005Fproto\\u005f\\u005f',
  'con\\u0073tructor',
  'prototyp\\u0065',
];

let hub: Hub;
let agent: TestAgent;
beforeAll(async () => {
  hub = await startHubWithKeys();
  agent = await mappedVendor(hub, 'careful');
});
afterAll(() => hub.stop());

const push = (entity: Entity, body: string | Row) => hub.agent(agent, 'POST', `/api/sync/${entity}/batch`, body);
const countRows = async (entity: Entity) => Number((await hub.pool.query(`select count(*) as n from ${entity}`)).rows[0].n);
/** All rows by the list of changes, which ends where a transaction is still open: also one of another test. */
const allRows = (entity: Entity): Promise<Row[]> =>
  eventually(async () => {
    const { body } = await hub.admin('GET', `/api/${entity}?vendorId=careful&limit=1000`);
    return body.data.length === (await countRows(entity)) ? (body.data as Row[]) : undefined;
  });
const countParked = async () => Number((await hub.pool.query('select count(*) as n from parked_rows')).rows[0].n);

describe('injection: NUL characters and halves of surrogate pairs never reach the database', () => {
  it('knows every property of every entity', () => {
    for (const entity of ENTITIES) {
      const shape = Object.keys((ROW_SCHEMAS[entity] as unknown as { shape: object }).shape);
      expect(shape).toEqual(expect.arrayContaining([...Object.keys(TEXTS[entity]), ...FORMATTED[entity]]));
    }
  });

  it.each(ENTITIES)('in any property of a row of %s: that row is invalid, its neighbours are not', async (entity) => {
    const before = [await countRows(entity), await countParked()];
    const rows: string[] = [];
    const names = [...Object.keys(TEXTS[entity]), ...FORMATTED[entity]];
    for (const name of names) {
      for (const [, text] of UNSAFE_TEXT)
        rows.push(JSON.stringify({ ...valid[entity](), [name]: 'PLACE' }).replace('"PLACE"', `"${text}"`));
    }
    for (const [, text] of UNSAFE_TEXT) rows.push(`{"${text}":1}`, `"${text}"`, `["${text}"]`);
    const { status, body } = await push(entity, `{"${entity}":[${rows.join()}]}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ processed: 0, skipped: 0, failed: rows.length });
    expect(body.results.filter(({ reason }: Row) => reason !== 'invalid')).toEqual([]);
    names.forEach((name, i) => expect(body.results[i * UNSAFE_TEXT.length].detail).toContain(name));
    expect([await countRows(entity), await countParked()]).toEqual(before);
  });

  it.each(UNSAFE_TEXT)('in attributes, at any depth, as value or as name: %s', async (_what, text) => {
    for (const attributes of [`{"a":"${text}"}`, `{"${text}":1}`, `{"a":[{"b":["${text}"]}]}`, `{"a":{"${text}":{}}}`]) {
      const body = JSON.stringify({ items: [item('ATTR', { attributes: 'PLACE' })] }).replace('"PLACE"', attributes);
      expect(onlyVerdict(await push('items', body))).toMatchObject({
        status: 'failed',
        reason: 'invalid',
        detail: expect.stringContaining('attributes'),
      });
    }
  });

  it.each(UNSAFE_TEXT)('in any other body: %s', async (_what, text) => {
    const entry = (name: string) =>
      JSON.stringify({ mappingType: 'family', erpCode: 'F', restoCode: 'F', restoLabel: 'F', [name]: 'PLACE' }).replace(
        '"PLACE"',
        `"${text}"`,
      );
    for (const name of ['mappingType', 'erpCode', 'restoCode', 'restoLabel', 'vatRate', 'other']) {
      expectProblem(
        await hub.admin('POST', '/api/admin/mappings', entry(name).replace('{', '{"vendorId":"careful",')),
        400,
        'invalid_request',
      );
      expectProblem(
        await hub.admin('POST', '/api/admin/mappings/seed', `{"vendorId":"careful","mappings":[${entry(name)}]}`),
        400,
        'invalid_request',
      );
    }
    const secret = { authorization: `Bearer ${hub.agentSecret}` };
    for (const name of ['vendorId', 'erpType', 'version', 'agentUrl', 'authToken']) {
      const body = JSON.stringify({ vendorId: 'nul', erpType: 'T', [name]: 'PLACE' }).replace('"PLACE"', `"${text}"`);
      expectProblem(await hub.request('POST', '/api/agents/register', body, secret), 400, 'invalid_request');
    }
    expectProblem(await hub.agent(agent, 'POST', '/api/agents/heartbeat', `{"version":"${text}"}`), 400, 'invalid_request');
    expectProblem(await hub.admin('PUT', '/api/admin/agents/careful', `{"agentUrl":"${text}"}`), 400, 'invalid_request');
    expectProblem(await push('items', `{"vendorId":"${text}","items":[{}]}`), 400, 'invalid_request');
    expectProblem(await push('items', `{"${text}":1,"items":[{}]}`), 400, 'invalid_request');
  });

  it.each(['%00', 'a%00b', '%ED%A0%80', '%ED%B0%80', '%ff', '%C0%80', '%zz', '%', '%F0%9F'])('in a path or a query: %s', async (text) => {
    const headers = { 'x-api-key': hub.apiSecret };
    for (const path of [
      `/api/items/careful/${text}`,
      `/api/items/${text}/x`,
      `/api/stock/careful/W/${text}`,
      `/api/warehouses/careful/${text}`,
      `/api/admin/agents/${text}`,
      `/api/admin/audit?action=${text}`,
      `/api/admin/audit?vendorId=${text}`,
      `/api/items?vendorId=careful&cursor=${text}`,
      `/api/items?vendorId=careful&${text}=1`,
    ]) {
      expectProblem(await sendRaw(hub, 'GET', path, { headers }), 400, 'invalid_request');
    }
  });

  it('in a cursor that somebody has made up', async () => {
    const forge = (key: unknown, more: Row = {}) =>
      Buffer.from(JSON.stringify({ v: 1, e: 'items', i: 'careful', s: '0', k: key, u: null, t: Date.now(), ...more })).toString(
        'base64url',
      );
    const list = (cursor: string) => hub.admin('GET', `/api/items?vendorId=careful&cursor=${cursor}`);
    expect((await list(forge(["' or 1=1 --"]))).status).toBe(200);
    for (const cursor of [
      forge(['\0']),
      forge(['\ud800']),
      forge(['a', 'b']),
      forge('a'),
      forge([1]),
      forge([''], { s: '9'.repeat(30) }),
    ]) {
      expectProblem(await list(cursor), 400, 'invalid_request');
    }
    for (const more of [{ s: '1; drop table items' }, { s: -1 }, { u: 1e300 }, { t: 'x' }, { i: "x'" }, { e: 'orders' }, { extra: 1 }]) {
      expectProblem(await list(forge([''], more)), 400, 'invalid_request');
    }
  });
});

describe('prototype pollution: __proto__, constructor and prototype are properties that nobody may send', () => {
  it.each(UNSAFE_NAMES)('%s in an envelope is 400', async (name) => {
    const secret = { authorization: `Bearer ${hub.agentSecret}` };
    for (const value of ['1', '{"isAdmin":true}', 'null', '[]']) {
      const property = `"${name}":${value}`;
      expectProblem(await push('items', `{"items":[{}],${property}}`), 400, 'invalid_request');
      expectProblem(await hub.agent(agent, 'POST', '/api/agents/heartbeat', `{${property}}`), 400, 'invalid_request');
      expectProblem(await hub.agent(agent, 'POST', '/api/agents/heartbeat', `{"digests":{${property}}}`), 400, 'invalid_request');
      expectProblem(await hub.agent(agent, 'POST', '/api/agents/token/rotate', `{${property}}`), 400, 'invalid_request');
      expectProblem(
        await hub.request('POST', '/api/agents/register', `{"vendorId":"p","erpType":"T",${property}}`, secret),
        400,
        'invalid_request',
      );
      expectProblem(await hub.admin('PUT', '/api/admin/agents/careful', `{"enabled":true,${property}}`), 400, 'invalid_request');
      expectProblem(
        await hub.admin('POST', '/api/admin/mappings/seed', `{"vendorId":"careful","mappings":[{${property}}]}`),
        400,
        'invalid_request',
      );
      expectProblem(await hub.admin('POST', '/api/admin/parked/replay', `{${property}}`), 400, 'invalid_request');
    }
  });

  it('an envelope that has everything in its __proto__ has nothing', async () => {
    expectProblem(await push('items', `{"__proto__":{"items":[{}]}}`), 400, 'invalid_request');
    const mapping = '{"vendorId":"careful","mappingType":"unit","erpCode":"P","restoCode":"P","restoLabel":"P"}';
    expectProblem(await hub.admin('POST', '/api/admin/mappings', `{"__proto__":${mapping}}`), 400, 'invalid_request');
  });

  it.each(ENTITIES)('in a row of %s they make it invalid, and its neighbours stay valid', async (entity) => {
    const row = JSON.stringify(valid[entity]()).slice(0, -1);
    const rows = UNSAFE_NAMES.flatMap((name) => [`${row},"${name}":1}`, `${row},"${name}":{"sku":"P"}}`, `{"${name}":${row}}}`]);
    const { body } = await push(entity, `{"${entity}":[${rows.join()},${JSON.stringify(valid[entity]())}]}`);
    expect(body.results.slice(0, -1).filter(({ reason }: Row) => reason !== 'invalid')).toEqual([]);
    expect(body.results.at(-1).reason).not.toBe('invalid');
  });

  it.each(UNSAFE_NAMES)('%s in attributes, at any depth, makes the row invalid', async (name) => {
    for (const attributes of [`{"${name}":1}`, `{"a":{"${name}":{}}}`, `{"a":[[{"${name}":null}]]}`]) {
      const body = JSON.stringify({ items: [item('PROTO', { attributes: 'PLACE' })] }).replace('"PLACE"', attributes);
      expect(onlyVerdict(await push('items', body))).toMatchObject({ status: 'failed', reason: 'invalid' });
    }
  });

  it('what only looks like them is data like any other', async () => {
    const attributes = {
      proto: 1,
      _proto_: 2,
      Constructor: 3,
      a: '__proto__',
      b: ['constructor'],
      toString: 4,
      hasOwnProperty: 5,
      'x\\u005f': 7,
    };
    const row = item('ALIKE', { name: 'constructor', brand: '__proto__', attributes, contentHash: hashOf('alike') });
    expect(onlyVerdict(await push('items', { items: [row] }))).toMatchObject({ status: 'processed' });
    const { body } = await hub.admin('GET', '/api/items/careful/ALIKE');
    expect(body).toMatchObject({ name: 'constructor', brand: '__proto__' });
    expect(body.attributes).toEqual(attributes);
  });

  it.each(['__proto__=1', '__proto__[a]=1', 'constructor=1', 'constructor.prototype=1', 'vendorId[__proto__]=x'])(
    '%s in a query is 400',
    async (query) =>
      expectProblem(
        await sendRaw(hub, 'GET', `/api/items?vendorId=careful&${query}`, { headers: { 'x-api-key': hub.apiSecret } }),
        400,
        'invalid_request',
      ),
  );
});

describe('injection: text that means something elsewhere is text, kept byte for byte', () => {
  const cut = (text: string, most: number) => Array.from(text).slice(0, most).join('');
  const filled = (entity: Entity, text: string): Row =>
    Object.fromEntries(Object.entries(TEXTS[entity]).map(([name, most]) => [name, cut(text, most)]));

  it.each(['items', 'warehouses'] as const)('in every text of %s', async (entity) => {
    const keyName = entity === 'items' ? 'sku' : 'erpWarehouseId';
    const rows = MEANINGFUL.map((text): Row => ({ ...valid[entity](), ...filled(entity, text), contentHash: hashOf(text) }));
    const { body } = await push(entity, { [entity]: rows });
    expect(body.results.filter(({ status }: Row) => status !== 'processed')).toEqual([]);
    const stored = new Map((await allRows(entity)).map((row) => [row[keyName], row]));
    for (const [i, row] of rows.entries()) expect(stored.get(row[keyName])).toMatchObject(filled(entity, MEANINGFUL[i] as string));
    const again = await push(entity, { [entity]: rows });
    expect(again.body.results.filter(({ reason }: Row) => reason !== 'unchanged')).toEqual([]);
  });

  it('in both parts of the key of stock', async () => {
    const rows = MEANINGFUL.map((text) => stock(text, text));
    const { body } = await push('stock', { stock: rows });
    expect(body).toMatchObject({ processed: rows.length });
    expect((await allRows('stock')).map(({ sku, erpWarehouseId }) => [sku, erpWarehouseId])).toEqual(
      expect.arrayContaining(MEANINGFUL.map((text) => [text, text])),
    );
  });

  it('in the path of a read by key', async () => {
    for (const text of MEANINGFUL.filter((each) => each !== '../..')) {
      expect((await hub.admin('GET', `/api/items/careful/${encodeURIComponent(text)}`)).body).toMatchObject({ sku: text, name: text });
      expect((await hub.admin('GET', `/api/stock/careful/${encodeURIComponent(text)}/${encodeURIComponent(text)}`)).body).toMatchObject({
        sku: text,
      });
    }
    const headers = { 'x-api-key': hub.apiSecret };
    expect((await sendRaw(hub, 'GET', '/api/items/careful/..%2F..', { headers })).body).toMatchObject({ sku: '../..' });
  });

  it('in attributes, as names and as values', async () => {
    const attributes = Object.fromEntries(MEANINGFUL.map((text) => [text, [text]]));
    await push('items', { items: [item('ATTRIBUTES', { attributes })] });
    expect((await hub.admin('GET', '/api/items/careful/ATTRIBUTES')).body.attributes).toEqual(attributes);
  });

  it('in codes that wait for a mapping, in mappings, and in what is applied from them', async () => {
    const texts = MEANINGFUL.map((text) => cut(text, 50));
    const rows = texts.map((text, i) => item(`WAITS-${i}`, { erpUnitCode: text }));
    expect((await push('items', { items: rows })).body.results.filter(({ reason }: Row) => reason !== 'unmapped_unit')).toEqual([]);
    const unmapped = await hub.admin('GET', '/api/admin/mappings/unmapped?vendorId=careful&limit=100');
    expect(unmapped.body.data.map(({ erpCode }: Row) => erpCode).sort()).toEqual([...texts].sort());
    const mappings = texts.map((text) => ({ mappingType: 'unit', erpCode: text, restoCode: text, restoLabel: text }));
    expect((await hub.admin('POST', '/api/admin/mappings/seed', { vendorId: 'careful', mappings })).body).toMatchObject({
      created: texts.length,
    });
    expect((await hub.admin('POST', '/api/admin/mappings/seed', { vendorId: 'careful', mappings })).body).toMatchObject({
      unchanged: texts.length,
    });
    await push('items', { items: rows });
    const byUnit = new Map((await allRows('items')).map((row) => [row['erpUnitCode'], row['unitLabel']]));
    for (const text of texts) expect(byUnit.get(text)).toBe(text);
  });

  it('in what agents and admins say of themselves', async () => {
    for (const [i, text] of MEANINGFUL.entries()) {
      const body = { vendorId: 'careful', erpType: cut(text, 50), version: cut(text, 50) };
      const reply = await hub.agent(agent, 'POST', '/api/agents/register', body);
      expect(reply.status).toBe(200);
      if (i % 5 === 0)
        expect((await hub.admin('GET', '/api/admin/agents/careful')).body).toMatchObject({ erpType: body.erpType, version: body.version });
    }
    const audit = async (action: string) => (await hub.admin('GET', `/api/admin/audit?action=${encodeURIComponent(action)}`)).body;
    for (const text of MEANINGFUL) expect(await audit(text)).toMatchObject({ data: [], meta: { total: 0 } });
  });

  it('nowhere in a vendor id', async () => {
    for (const text of [...MEANINGFUL.filter((each) => !/^[\w.-]*$/.test(each)), 'a/b', 'a b', 'x'.repeat(65), '']) {
      expectProblem(await hub.admin('GET', `/api/items?vendorId=${encodeURIComponent(text)}`), 400, 'invalid_request');
      expectProblem(await push('items', { vendorId: text, items: [{}] }), 400, 'invalid_request');
    }
  });

  it('and every table is still there', async () => {
    const { rows } = await hub.pool.query(`select count(*) as n from information_schema.tables where table_schema = 'public'`);
    expect(Number(rows[0].n)).toBeGreaterThan(10);
    expect((await hub.request('GET', '/health/ready')).status).toBe(200);
    expect(hub.logs()).not.toContain('"level":50');
  });
});
