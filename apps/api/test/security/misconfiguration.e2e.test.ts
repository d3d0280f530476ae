import { eventually, startHub, type Hub, type HubReply } from '../support/hub';
import { item, mappedVendor } from '../support/rows';
import { startServerProxy } from '../support/server-proxy';
import { sendBytes, sendRaw, type RawReply } from './raw-http';
import { expectNothingInternal, expectProblem, startHubWithKeys } from './security-fixture';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('API8:2023 security misconfiguration', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHubWithKeys({ METRICS_TOKEN: 'metrics-token-of-the-tests', SWAGGER_ENABLED: 'false' });
  });
  afterAll(() => hub.stop());

  /** One reply of each kind: good, refused by a hook, by the door, by the router, and by a handler. */
  const replies = (headers: Record<string, string> = {}): Promise<HubReply[]> =>
    Promise.all([
      hub.request('GET', '/health/live', undefined, headers),
      hub.request('GET', '/api/agents/me', undefined, headers),
      hub.request('GET', '/api/admin/agents?page=0', undefined, { 'x-api-key': hub.apiSecret, ...headers }),
      hub.request('GET', '/nowhere', undefined, headers),
      hub.request('GET', '/api/admin/agents/nobody', undefined, { 'x-api-key': hub.apiSecret, ...headers }),
      hub.request('POST', '/api/admin/mappings', '{', { 'x-api-key': hub.apiSecret, ...headers }),
      hub.request('POST', '/api/admin/mappings', 'x', { 'x-api-key': hub.apiSecret, ...headers, 'content-type': 'text/plain' }),
      hub.request('GET', '/metrics', undefined, headers),
    ]);

  it('sends the security headers with every reply, and says nothing of what serves it', async () => {
    for (const { headers } of await replies()) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'strict-transport-security': expect.stringContaining('max-age='),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'no-referrer',
      });
      expect(headers.has('x-powered-by')).toBe(false);
      expect(headers.has('server')).toBe(false);
    }
  });

  it('replies every error as a problem with the correlation id, and with nothing of the inside', async () => {
    const errors = (await replies()).filter(({ status }) => status !== 200);
    expect(errors.map(({ status }) => status)).toEqual([401, 400, 404, 404, 400, 415, 401]);
    for (const reply of errors) {
      expectProblem(reply, reply.status, reply.body.code);
      expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(reply.body.correlationId).toBe(reply.headers.get('x-correlation-id'));
    }
  });

  it('opens to no other origin unless it is told to', async () => {
    for (const { headers } of await replies({ origin: 'https://shop.example' })) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-allow'))).toEqual([]);
    }
    const preflight = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
    const { headers } = await hub.request('OPTIONS', '/api/sync/items', undefined, preflight);
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each(['/api/docs', '/api/docs/', '/api/docs-json', '/api/docs-yaml', '/api/docs/swagger-ui.css', '/api/docs/swagger-initializer.js'])(
    'hides %s when Swagger is switched off',
    async (path) => expectProblem(await hub.request('GET', path), 404, 'not_found'),
  );

  it.each([
    ['no token', {}, ''],
    ['a wrong token', { authorization: 'Bearer wrong' }, ''],
    ['the token in the query', {}, '?token=metrics-token-of-the-tests'],
    ['the token without a scheme', { authorization: 'metrics-token-of-the-tests' }, ''],
    ['the token as password', { authorization: `Basic ${Buffer.from('x:metrics-token-of-the-tests').toString('base64')}` }, ''],
  ])('gives no metrics for %s', async (_what, headers, query) =>
    expectProblem(await hub.request('GET', `/metrics${query}`, undefined, headers), 401, 'unauthorized'),
  );

  it('gives the metrics for the token, without a vendor, a key or a path in them', async () => {
    const agent = await mappedVendor(hub, 'not-in-metrics');
    await hub.agent(agent, 'POST', '/api/sync/items', { items: [item('KEY-IN-NO-METRIC')] });
    await hub.request('GET', '/nowhere/path-in-no-metric');
    const { status, body } = await hub.request('GET', '/metrics', undefined, { authorization: 'Bearer metrics-token-of-the-tests' });
    expect(status).toBe(200);
    expect(body).toMatch(/^http_request_duration_seconds_bucket\{/m);
    expect(body).not.toMatch(/not-in-metrics|KEY-IN-NO-METRIC|path-in-no-metric/);
  });

  it.each([
    '/',
    '/.env',
    '/.git/config',
    '/api',
    '/api/',
    '/api/v1',
    '/admin',
    '/api-json',
    '/swagger',
    '/graphql',
    '/debug',
    '/api/debug',
    '/actuator',
    '/bull',
    '/health/',
    '/health/x',
    '/metrics/x',
    '/favicon.ico',
    '/package.json',
    '/api/docs/../../package.json',
  ])('has nothing at %s', async (path) => expectProblem(await sendRaw(hub, 'GET', path), 404, 'not_found'));

  it.each(['HEAD', 'OPTIONS', 'TRACE', 'PATCH', 'PUT', 'DELETE', 'PROPFIND', 'SEARCH', 'MKCOL', 'PURGE', 'QUERY', 'FOO', 'get'])(
    'has an answer to %s, and it is no failure',
    async (method) => {
      for (const path of ['/health/live', '/api/sync/items', '/api/items?vendorId=v', '/nowhere', '*']) {
        const reply = await sendRaw(hub, method, path, { headers: { 'x-api-key': hub.apiSecret, connection: 'close' } });
        expect([200, 400, 401, 404]).toContain(reply.status);
        expectNothingInternal(reply.text);
        if (method === 'HEAD') expect(reply.body).toBe('');
        else if (reply.status >= 400) expectProblem(reply, reply.status, reply.body.code);
      }
    },
  );

  describe('what is no HTTP is refused, and never taken for a second request', () => {
    const SMUGGLED = 'GET /api/admin/agents HTTP/1.1\r\nhost: hub\r\n\r\n';
    const head = (...lines: string[]) =>
      ['POST /api/sync/items HTTP/1.1', 'host: hub', 'content-type: application/json', ...lines, '', ''].join('\r\n');

    it.each([
      ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
      ['words', 'hello hub\r\n\r\n'],
      ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['HTTP/3.7', 'GET / HTTP/3.7\r\n\r\n'],
      ['a length and chunks', head('content-length: 5', 'transfer-encoding: chunked') + `0\r\n\r\n${SMUGGLED}`],
      ['two lengths', head('content-length: 0', `content-length: ${SMUGGLED.length}`) + SMUGGLED],
      ['a negative length', head('content-length: -1')],
      ['a length that is no number', head('content-length: 0x10') + SMUGGLED],
      ['chunks and something else', head('transfer-encoding: chunked, identity') + `0\r\n\r\n${SMUGGLED}`],
      ['a blank before the colon', head('transfer-encoding : chunked') + `0\r\n\r\n${SMUGGLED}`],
      ['a header that goes on in the next line', head('x-a: b\r\n c')],
      ['a NUL in a header', head('x-a: b\0c')],
      ['a NUL in the path', 'GET /api/items/v/\0 HTTP/1.1\r\nhost: hub\r\n\r\n'],
      ['a blank in the path', 'GET /api/items/v/a b HTTP/1.1\r\nhost: hub\r\n\r\n'],
    ])('%s', async (_what, bytes) => {
      const reply = await sendBytes(hub, Buffer.from(bytes, 'latin1'));
      expect([400, 401]).toContain(reply.status);
      expect(reply.text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
      expectProblem(reply, reply.status, reply.body.code);
      expect(reply.headers['x-correlation-id']).toBe(reply.body.correlationId);
    });

    it('a request without a host, and one that expects what nobody has promised', async () => {
      for (const lines of ['', 'expect: the-spanish-inquisition\r\n']) {
        const { status } = await sendBytes(
          hub,
          `GET /health/live HTTP/1.1\r\n${lines === '' ? '' : 'host: hub\r\n'}${lines}connection: close\r\n\r\n`,
        );
        expect([400, 417]).toContain(status);
      }
    });
  });

  describe('correlation ids', () => {
    const idOf = async (given: string | readonly string[]): Promise<RawReply> => {
      const reply = await sendRaw(hub, 'GET', '/nowhere', { headers: { 'x-correlation-id': given } });
      expect(reply.body.correlationId).toBe(reply.headers['x-correlation-id']);
      return reply;
    };

    it.each(['a', 'order-4711.retry_2', 'A'.repeat(128), '00000000-0000-4000-8000-000000000000'])(
      'are taken as they come: %s',
      async (given) => expect((await idOf(given)).headers['x-correlation-id']).toBe(given),
    );

    it.each([
      ['nothing', ''],
      ['too long', 'A'.repeat(129)],
      ['far too long', 'A'.repeat(8_000)],
      ['a blank', 'a b'],
      ['a tab', 'a\tb'],
      ['an escaped line break', 'a%0d%0aset-cookie:x=1'],
      ['an escaped line break of JSON', 'a\\r\\nset-cookie:x=1'],
      ['Latin-1', 'caf\xe9'],
      ['UTF-8', Buffer.from('日本').toString('latin1')],
      ['a line separator', Buffer.from('a\u2028b').toString('latin1')],
      ['markup', '<script>alert(1)</script>'],
      ['JSON', '{"$ne":null}'],
      ['a colour of the terminal', 'a\x1b[31mb'],
      ['two of them', ['a', 'b']],
    ])('are replaced by a fresh one: %s', async (_what, given) => {
      const reply = await idOf(given);
      expect(reply.headers['x-correlation-id']).toMatch(UUID);
      expect(reply.headers).not.toHaveProperty('set-cookie');
    });

    it.each(['a\r\nset-cookie: x=1', 'a\nset-cookie: x=1', 'a\rset-cookie: x=1', 'a\r\n\r\nHTTP/1.1 200 OK'])(
      'split no reply: %j',
      async (given) => {
        const reply = await sendRaw(hub, 'GET', '/nowhere', { headers: { 'x-correlation-id': given } });
        expect(reply.headers).not.toHaveProperty('set-cookie');
        expect(reply.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
      },
    );

    it('are in the log line of their request, of which there is one', async () => {
      await hub.request('GET', '/nowhere', undefined, { 'x-correlation-id': 'looked-for-in-the-log' });
      const lines = await eventually(async () => linesWith(hub, 'looked-for-in-the-log'));
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { correlationId: 'looked-for-in-the-log', status: 404, code: 'not_found' },
      ]);
    });
  });
});

describe('API8:2023 security misconfiguration: an origin that is let in', () => {
  const SHOP = 'https://shop.example';
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHubWithKeys({ CORS_ORIGINS: `${SHOP}, https://admin.example` });
  });
  afterAll(() => hub.stop());

  it('can read replies, also those that refuse it', async () => {
    for (const path of ['/health/live', '/api/agents/me', '/nowhere']) {
      const { headers } = await hub.request('GET', path, undefined, { origin: SHOP });
      expect(headers.get('access-control-allow-origin')).toBe(SHOP);
      expect(headers.get('access-control-expose-headers')).toBe('X-Correlation-ID, Retry-After');
      expect(headers.get('vary')).toContain('Origin');
      expect(headers.has('access-control-allow-credentials')).toBe(false);
    }
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE'])('may use %s', async (method) => {
    const ask = { origin: SHOP, 'access-control-request-method': method, 'access-control-request-headers': 'x-api-key' };
    const { status, headers } = await hub.request('OPTIONS', '/api/admin/agents', undefined, ask);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(headers.get('access-control-allow-methods')?.split(', ')).toContain(method);
    expect(headers.get('access-control-allow-headers')).toContain('x-api-key');
  });

  it.each([
    'https://evil.example',
    'null',
    'http://shop.example',
    `${SHOP}.evil.example`,
    'https://evil-shop.example',
    `${SHOP}:8443`,
    'https://shopXexample',
    SHOP.toUpperCase(),
  ])('is not %s', async (origin) => {
    const { headers } = await hub.request('GET', '/health/live', undefined, { origin });
    expect(headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('API8:2023 security misconfiguration: failures', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHubWithKeys();
  });
  afterAll(() => hub.stop());

  it('an unexpected one says nothing but that, and the log says the rest under the same correlation id', async () => {
    const agent = await mappedVendor(hub, 'unlucky');
    await hub.pool.query('alter table items rename to mislaid');
    const replies = [
      await hub.agent(agent, 'POST', '/api/sync/items', { items: [item('A')] }, { 'x-correlation-id': 'the-unlucky-one' }),
      await hub.admin('GET', '/api/items?vendorId=unlucky'),
      await hub.admin('GET', '/api/items/unlucky/A'),
    ];
    await hub.pool.query('alter table mislaid rename to items');
    for (const reply of replies) {
      expectProblem(reply, 500, 'internal');
      expect(reply.body.detail).toBe('Internal error');
    }
    const [line] = await eventually(async () => linesWith(hub, 'the-unlucky-one'));
    expect(JSON.parse(line ?? '')).toMatchObject({
      level: 50,
      status: 500,
      err: { code: '42P01', stack: expect.stringContaining('at ') },
    });
    expect((await hub.agent(agent, 'POST', '/api/sync/items', { items: [item('A')] })).status).toBe(200);
  });

  it('an unreachable database is 503 with Retry-After, and says no more', async () => {
    const proxy = await startServerProxy(hub.databaseUrl);
    const beside = await startHub({ beside: hub, env: { DATABASE_URL: proxy.url } });
    try {
      const agent = await mappedVendor(beside, 'waiting');
      const ask = async () => [
        await beside.agent(agent, 'POST', '/api/sync/items', { items: [item('A')] }),
        await beside.admin('GET', '/api/admin/agents'),
        await beside.request('GET', '/health/ready'),
      ];
      await proxy.cut();
      const refused = await ask();
      for (const reply of refused) expectProblem(reply, 503, 'unavailable');
      expect(refused[0]?.headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
      const { status, body } = await beside.request('GET', '/health');
      expect({ status, database: body.error.database.status }).toEqual({ status: 503, database: 'down' });
      expect(JSON.stringify(body)).not.toMatch(/postgres:|127\.0\.0\.1/);
      await proxy.mend();
      expect((await ask()).map((reply) => reply.status)).toEqual([200, 200, 200]);
    } finally {
      await beside.stop();
      await proxy.close();
    }
  });
});

/** The lines of the log that hold this text; undefined while there is none. */
function linesWith(hub: Hub, text: string): string[] | undefined {
  const lines = hub
    .logs()
    .split('\n')
    .filter((line) => line.includes(text));
  return lines.length === 0 ? undefined : lines;
}
