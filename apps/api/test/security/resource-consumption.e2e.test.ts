import { connect } from 'node:net';
import { gzipSync, brotliCompressSync, deflateSync } from 'node:zlib';
import type { Hub, TestAgent } from '../support/hub';
import { eventually, registerAgent, SHIPPED_HASHES } from '../support/hub';
import { item, mappedVendor } from '../support/rows';
import { sendBytes, sendRaw } from './raw-http';
import { credential, expectProblem, KEYS, onlyVerdict, startHubWithKeys } from './security-fixture';

const MB = 1024 * 1024;
const DEEP = 100_000;
const nestedLists = '['.repeat(DEEP) + ']'.repeat(DEEP);
const nestedObjects = '{"a":'.repeat(DEEP) + '1' + '}'.repeat(DEEP);
const list = (length: number, entry: string) => `[${`${entry},`.repeat(length - 1)}${entry}]`;
const row = (more: string) => `{"items":[${JSON.stringify(item('BOMB')).slice(0, -1)},${more}}]}`;

describe('API4:2023 unrestricted resource consumption', () => {
  let hub: Hub;
  let agent: TestAgent;
  beforeAll(async () => {
    hub = await startHubWithKeys(SHIPPED_HASHES);
    agent = await mappedVendor(hub, 'mine');
  });
  afterAll(() => hub.stop());

  const push = (body: string | Uint8Array, headers: Record<string, string> = {}, route = 'items') =>
    hub.agent(agent, 'POST', `/api/sync/${route}`, body, headers);
  const storedRows = async () => Number((await hub.pool.query('select count(*) as n from items')).rows[0].n);

  describe('bodies over a limit are 413, and nothing of them is written', () => {
    const tooLarge = (bytes: number) => row(`"description":"${'x'.repeat(bytes)}"`);

    it.each([
      ['5 MB to ingest', '/api/sync/items', 5 * MB],
      ['10 MB to a batch', '/api/sync/items/batch', 10 * MB],
      ['1 MB to a heartbeat', '/api/agents/heartbeat', MB],
    ])('of more than %s', async (_what, path, bytes) => {
      expectProblem(await hub.agent(agent, 'POST', path, tooLarge(bytes)), 413, 'payload_too_large');
      expect(await storedRows()).toBe(0);
    });

    it.each([
      ['1 MB to a mapping', '/api/admin/mappings', MB],
      ['5 MB to a seed', '/api/admin/mappings/seed', 5 * MB],
    ])('of more than %s', async (_what, path, bytes) =>
      expectProblem(await hub.admin('POST', path, tooLarge(bytes)), 413, 'payload_too_large'),
    );

    it('also when no length is announced', async () => {
      const size = 64 * 1024;
      const chunk = Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), Buffer.alloc(size, ' '), Buffer.from('\r\n')]);
      const headers = { ...credential(agent), 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      const reply = await sendRaw(hub, 'POST', '/api/sync/items', {
        headers,
        body: Buffer.concat(Array.from({ length: 90 }, () => chunk)),
      });
      expectProblem(reply, 413, 'payload_too_large');
    });

    it('before the body comes, when its length is announced', async () => {
      const headers = { ...credential(agent), 'content-type': 'application/json', 'content-length': String(100 * MB) };
      expectProblem(await sendRaw(hub, 'POST', '/api/sync/items', { headers, body: '{"items":[' }), 413, 'payload_too_large');
    });

    it('in a way that a client sees which sends everything before it listens', async () => {
      for (let i = 0; i < 5; i++) {
        const reply = await push(Buffer.alloc(12 * MB, ' '));
        expectProblem(reply, 413, 'payload_too_large');
        expect(reply.headers.get('connection')).not.toBe('close');
      }
    });

    it.each([
      ['plain zeros', Buffer.alloc(10 * MB)],
      ['white space', Buffer.alloc(64 * MB, ' ')],
      ['one long string', Buffer.concat([Buffer.from('{"items":["'), Buffer.alloc(64 * MB, 'a'), Buffer.from('"]}')])],
    ])('of gzip that inflates to too much: %s', async (_what, content) =>
      expectProblem(await push(gzipSync(content), { 'content-encoding': 'gzip' }), 413, 'payload_too_large'),
    );

    it.each([
      ['501 rows to ingest', 'items', 501, '/api/sync/items'],
      ['5,001 rows to a batch', 'items', 5_001, '/api/sync/items/batch'],
      ['5 million rows to a batch', 'items', 5_000_000, '/api/sync/items/batch'],
    ])('of %s', async (_what, entity, rows, path) => {
      const valid = rows < 10_000 ? JSON.stringify(Array.from({ length: rows }, (_, i) => item(`R-${i}`))) : list(rows, '0');
      expectProblem(await hub.agent(agent, 'POST', path, `{"${entity}":${valid}}`), 413, 'too_many_rows');
      expect(await storedRows()).toBe(0);
    });

    it.each([
      ['5,001 mappings', JSON.stringify({ mappingType: 'unit', erpCode: 'X', restoCode: 'X', restoLabel: 'X' }), 5_001],
      ['1 million mappings that are none', '{}', 1_000_000],
    ])('of %s to a seed', async (_what, entry, entries) =>
      expectProblem(
        await hub.admin('POST', '/api/admin/mappings/seed', `{"vendorId":"mine","mappings":${list(entries, entry)}}`),
        413,
        'too_many_rows',
      ),
    );
  });

  describe('nesting deeper than anything needs is refused', () => {
    it.each([
      ['lists', nestedLists],
      ['objects', nestedObjects],
    ])('of %s, wherever it stands', async (_what, nested) => {
      expectProblem(await push(nested), 400, 'invalid_request');
      expectProblem(await push(`{"items":[],"vendorId":${nested}}`), 400, 'invalid_request');
      expectProblem(await push(`{"items":[],"x":${nested}}`), 400, 'invalid_request');
      expect(onlyVerdict(await push(`{"items":[${nested}]}`))).toMatchObject({ status: 'failed', reason: 'invalid' });
      expect(onlyVerdict(await push(row(`"brand":${nested}`)))).toMatchObject({ status: 'failed', reason: 'invalid' });
      expect(onlyVerdict(await push(row(`"attributes":{"a":${nested}}`)))).toMatchObject({
        reason: 'invalid',
        detail: expect.stringContaining('64'),
      });
      expectProblem(await hub.agent(agent, 'POST', '/api/agents/heartbeat', `{"digests":${nested}}`), 400, 'invalid_request');
      expectProblem(await hub.admin('POST', '/api/admin/mappings', `{"vendorId":"mine","erpCode":${nested}}`), 400, 'invalid_request');
      expectProblem(
        await hub.admin('POST', '/api/admin/mappings/seed', `{"vendorId":"mine","mappings":[${nested}]}`),
        400,
        'invalid_request',
      );
      const secret = { authorization: `Bearer ${hub.agentSecret}` };
      expectProblem(await hub.request('POST', '/api/agents/register', `{"vendorId":${nested}}`, secret), 400, 'invalid_request');
    });

    it('of attributes at 64 levels, and not before', async () => {
      const levels = (count: number) => row(`"attributes":${'{"a":'.repeat(count)}1${'}'.repeat(count)}`);
      expect(onlyVerdict(await push(levels(64))).reason).not.toBe('invalid');
      expect(onlyVerdict(await push(levels(65)))).toMatchObject({ status: 'failed', reason: 'invalid' });
    });
  });

  describe('what is too long or too much fails at its own place', () => {
    it.each([
      ['sku', 100],
      ['name', 255],
      ['erpUnitCode', 50],
      ['description', 10_000],
      ['barcode', 100],
      ['contentHash', 64],
    ])('%s of more than %i characters', async (name, most) => {
      const sent = async (length: number) =>
        onlyVerdict(await push(JSON.stringify({ items: [item('LONG', { [name]: 'x'.repeat(length) })] })));
      expect(await sent(most + 1)).toMatchObject({ status: 'failed', reason: 'invalid', detail: expect.stringContaining(`${name}:`) });
      expect(await sent(1_000_000)).toMatchObject({ status: 'failed', reason: 'invalid' });
      expect((await sent(most)).reason).not.toBe('invalid');
    });

    it.each(['lastSyncedAt', 'erpUpdatedAt'])('%s of a million digits', async (name) => {
      const rows = [item('LONG', { [name]: `2026-01-01T00:00:00.${'0'.repeat(1_000_000)}Z` })];
      expect(onlyVerdict(await push(JSON.stringify({ items: rows })))).toMatchObject({
        reason: 'invalid',
        detail: expect.stringContaining(name),
      });
    });

    it('a number of a million digits', async () =>
      expect(onlyVerdict(await push(row(`"unitPrice":${'9'.repeat(1_000_000)}`)))).toMatchObject({ status: 'failed', reason: 'invalid' }));

    it('attributes of more than 16 KB', async () => {
      const attributes = (bytes: number) => row(`"attributes":{"a":"${'x'.repeat(bytes - 8)}"}`);
      expect(onlyVerdict(await push(attributes(16 * 1024))).reason).not.toBe('invalid');
      expect(onlyVerdict(await push(attributes(16 * 1024 + 1)))).toMatchObject({ status: 'failed', reason: 'invalid' });
    });

    it('properties by the hundred thousand, of which the reply names a few', async () => {
      const many = Array.from({ length: 60_000 }, (_, i) => `"k${i}":0`).join();
      expect(onlyVerdict(await push(row(many)))).toMatchObject({ status: 'failed', reason: 'invalid' });
      const replies = [
        await push(`{"items":[],${many}}`),
        await hub.agent(agent, 'POST', '/api/agents/heartbeat', `{${many}}`),
        await hub.admin('POST', '/api/admin/mappings', `{${many}}`),
        await hub.admin('POST', '/api/admin/mappings/seed', `{"vendorId":"mine","mappings":[{${many}}]}`),
      ];
      for (const reply of replies) {
        expectProblem(reply, 400, 'invalid_request');
        expect(reply.body.errors.length).toBeLessThanOrEqual(20);
      }
    });

    it('a URL, its query, and headers', async () => {
      const headers = { 'x-api-key': hub.apiSecret };
      const get = (path: string, more = {}) => sendRaw(hub, 'GET', path, { headers: { ...headers, ...more } });
      expectProblem(await get(`/api/items/mine/${'x'.repeat(101)}`), 400, 'invalid_request');
      expectProblem(await get(`/api/items/mine/${'x'.repeat(10_000)}`), 404, 'not_found');
      expectProblem(await get(`/api/items/mine/${'x'.repeat(20_000)}`), 400, 'invalid_request');
      expectProblem(await get(`/${'a/'.repeat(5_000)}`), 404, 'not_found');
      expectProblem(await get(`/api/items?vendorId=mine&${'a=1&'.repeat(3_000)}`), 400, 'invalid_request');
      expectProblem(await get(`/api/items?vendorId=mine&${'vendorId=mine&'.repeat(900)}`), 400, 'invalid_request');
      expectProblem(await get('/health/live', { 'x-long': 'x'.repeat(20_000) }), 400, 'invalid_request');
      expectProblem(
        await get('/health/live', Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => [`x-${i}`, 'x'.repeat(9)]))),
        400,
        'invalid_request',
      );
    });

    it.each(['page=0', 'page=1000001', 'page=-1', 'page=1.5', 'limit=0', 'limit=101', 'limit=99999999999999999999', 'page=NaN', 'page='])(
      'a page of a list: %s',
      async (query) => expectProblem(await hub.admin('GET', `/api/admin/agents?${query}`), 400, 'invalid_request'),
    );

    it.each(['limit=1001', 'limit=0', 'limit=Infinity', 'cursor=e30', 'cursor=%00', 'updatedSince=now'])(
      'a page of changes: %s',
      async (query) => expectProblem(await hub.admin('GET', `/api/items?vendorId=mine&${query}`), 400, 'invalid_request'),
    );

    it('a cursor longer than any', async () =>
      expectProblem(await hub.admin('GET', `/api/items?vendorId=mine&cursor=${'A'.repeat(3_001)}`), 400, 'invalid_request'));
  });

  describe('what is not JSON, UTF-8 or gzip is refused as what it is', () => {
    const good = JSON.stringify({ items: [item('ENC')] });

    it.each<[string, string | Uint8Array]>([
      ['nothing', ''],
      ['white space', ' \n\t'],
      ['truncated JSON', good.slice(0, -3)],
      ['JSON and more', `${good}{}`],
      ['single quotes', good.replaceAll('"', "'")],
      ['a byte order mark', `\ufeff${good}`],
      ['UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le')],
      ['a byte that is no UTF-8', Buffer.from(good.replace('ENC', '\xff'), 'latin1')],
      ['an overlong NUL', Buffer.from(good.replace('ENC', '\xc0\x80'), 'latin1')],
      ['a surrogate in UTF-8', Buffer.from(good.replace('ENC', '\xed\xa0\x80'), 'latin1')],
      ['a character that is cut', Buffer.from(good.replace('ENC', '\xf0\x9f'), 'latin1')],
      ['a raw NUL', good.replace('ENC', '\0')],
      ['NaN', good.replace('"ENC"', 'NaN')],
      ['a comment', `/* x */${good}`],
      ['form data', 'items[0][sku]=A'],
      ['null', 'null'],
      ['a list', `[${good}]`],
      ['a string', '"items"'],
      ['a number', '7'],
      ['rows that are no list', '{"items":{"0":{}}}'],
      ['rows that are text', '{"items":"[]"}'],
      ['no rows', '{"items":[]}'],
      ['rows of another entity', '{"stock":[{}]}'],
    ])('%s: 400', async (_what, body) => expectProblem(await push(body === '' ? new Uint8Array() : body), 400, 'invalid_request'));

    it.each([
      ['text/plain', 415],
      ['application/xml', 415],
      ['application/x-www-form-urlencoded', 415],
      ['multipart/form-data; boundary=x', 415],
      ['application/json-patch+json', 415],
      ['application/jsonx', 415],
      ['text/json', 415],
      [';;;', 415],
      ['application/json; charset=utf-8', 200],
      ['APPLICATION/JSON', 200],
    ])('the content type %s: %i', async (type, status) => {
      const reply = await push(good, { 'content-type': type });
      if (status === 415) expectProblem(reply, 415, 'unsupported_media_type');
      else expect(reply.status).toBe(status);
    });

    it('no content type: 415', async () =>
      expectProblem(
        await sendRaw(hub, 'POST', '/api/sync/items', { headers: credential(agent), body: good }),
        415,
        'unsupported_media_type',
      ));

    it.each([
      ['br', brotliCompressSync(good)],
      ['deflate', deflateSync(good)],
      ['compress', Buffer.from(good)],
      ['gzip, gzip', gzipSync(gzipSync(good))],
      ['zstd', Buffer.from(good)],
      ['x', Buffer.from(good)],
    ])('the encoding %s: 415', async (encoding, body) =>
      expectProblem(await push(body, { 'content-encoding': encoding }), 415, 'unsupported_media_type'),
    );

    it.each<[string, Uint8Array]>([
      ['what is none', Buffer.from(good)],
      ['nothing', Buffer.alloc(0)],
      ['half of it', gzipSync(good).subarray(0, 40)],
      ['its header alone', gzipSync(good).subarray(0, 10)],
      ['a wrong checksum', Buffer.concat([gzipSync(good).subarray(0, -8), Buffer.alloc(8)])],
      ['more behind its end', Buffer.concat([gzipSync(good), Buffer.from('more')])],
      ['gzip of gzip', gzipSync(gzipSync(good))],
      ['gzip of truncated JSON', gzipSync(good.slice(0, -2))],
    ])('gzip that is %s: 400', async (_what, body) =>
      expectProblem(await push(body, { 'content-encoding': 'gzip' }), 400, 'invalid_request'),
    );

    it('good gzip: 200', async () => expect((await push(gzipSync(good), { 'content-encoding': 'gzip' })).status).toBe(200));
  });

  describe('requests that never end do no harm', () => {
    const halves: [string, Record<string, string>, string | Buffer][] = [
      ['plain', { 'content-length': '1000' }, '{"items":[{"sku":"A"},'],
      ['chunked', { 'transfer-encoding': 'chunked' }, '5\r\n{"ite\r\n'],
      [
        'gzip',
        { 'content-length': '1000', 'content-encoding': 'gzip' },
        gzipSync(JSON.stringify({ items: [item('HALF')] })).subarray(0, 50),
      ],
      ['too large', { 'content-length': String(64 * MB) }, Buffer.alloc(6 * MB, ' ')],
    ];

    it.each(halves)('uploads that break off: %s', async (_what, headers, half) => {
      const errors = () => (hub.logs().match(/"level":50/g) ?? []).length;
      const before = errors();
      const attempts = Array.from({ length: 10 }, () =>
        brokenOff(hub, { ...credential(agent), 'content-type': 'application/json', ...headers }, half),
      );
      await Promise.all(attempts);
      expect((await push(JSON.stringify({ items: [item('AFTER')] }))).status).toBe(200);
      expect(errors()).toBe(before);
    });

    it('many that wait leave the others alone, and none of them holds a connection of the database', async () => {
      const head = `POST /api/sync/items HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer ${agent.token}\r\nx-vendor-id: mine\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"items":[`;
      const waiting = Array.from({ length: 50 }, () => sendBytes(hub, head).catch(() => undefined));
      expect((await push(JSON.stringify({ items: [item('WAIT')] }))).status).toBe(200);
      const { body } = await hub.request('GET', '/health');
      expect(body.info.database.waiting).toBe(0);
      await hub.kill();
      await Promise.all(waiting);
      await hub.restart();
    });
  });

  it('lets others work while many wrong tokens are checked: bcrypt never takes all threads', async () => {
    await registerAgent(hub, 'flooded');
    expect((await hub.agent(agent, 'POST', '/api/agents/heartbeat')).status).toBe(200);
    let refused = 0;
    const flood = Array.from({ length: 30 }, async (_, i) => {
      const { status } = await hub.agent({ vendorId: 'flooded', token: `agt_wrong_${i}` }, 'GET', '/api/agents/me');
      refused++;
      return status;
    });
    await eventually(async () => refused > 0);
    // Inflating takes turns with bcrypt in the same pool of threads, some thirty for this one.
    const filler = { a: 'x'.repeat(1_000) };
    const rows = Array.from({ length: 400 }, (_, i) => item(`FLOOD-${i}`, { attributes: filler }));
    expect((await push(gzipSync(JSON.stringify({ items: rows })), { 'content-encoding': 'gzip' })).status).toBe(200);
    for (let i = 0; i < 10; i++) expect((await hub.request('GET', '/health/live')).status).toBe(200);
    expect(refused).toBeLessThan(flood.length);
    expect(new Set(await Promise.all(flood))).toEqual(new Set([401]));
  });
});

describe('API4:2023 unrestricted resource consumption: a hub with little memory', () => {
  it('survives JSON that is small on the wire and large in memory', async () => {
    const hub = await startHubWithKeys({ NODE_OPTIONS: '--max-old-space-size=300' });
    try {
      const agent = await mappedVendor(hub, 'bomber');
      const batch = (body: string) => hub.agent(agent, 'POST', '/api/sync/items/batch', body);
      const bombs = [
        row(`"attributes":{"a":${list(3_500_000, '0')}}`),
        row(`"attributes":{"a":${list(2_000_000, '[]')},"\\u0062":1}`),
        row(`"attributes":{"a":${'{"a":'.repeat(700_000)}1${'}'.repeat(700_000)}}`),
        row(`"attributes":{"a":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}}`),
      ];
      for (const bomb of bombs) expect(onlyVerdict(await batch(bomb))).toMatchObject({ key: 'BOMB', status: 'failed', reason: 'invalid' });
      const seed = `{"vendorId":"bomber","mappings":${list(1_000_000, '{}')}}`;
      expectProblem(await hub.admin('POST', '/api/admin/mappings/seed', seed), 413, 'too_many_rows');
      expect((await hub.request('GET', '/health/live', undefined, { 'x-api-key': KEYS.read.secret })).status).toBe(200);
      expect(hub.process.exitCode).toBeNull();
    } finally {
      await hub.stop();
    }
  }, 180_000);
});

async function brokenOff(hub: Hub, headers: Record<string, string>, half: string | Buffer): Promise<void> {
  const { hostname, port } = new URL(hub.baseUrl);
  const lines = Object.entries({ host: 'hub', ...headers }).map(([name, value]) => `${name}: ${value}`);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /api/sync/items HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.write(half, () => setTimeout(() => socket.resetAndDestroy(), 50));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });
}
