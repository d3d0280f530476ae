import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CallAnswerer } from '../src/answer/answer-call';
import { MOST_CALL_BYTES } from '../src/answer/read-body';
import { pushListener } from '../src/answer/push-listener';
import { HubClock } from '../src/clock/hub-clock';
import { callOf, CURRENT, jobOf } from './support/calls';
import { eventually } from './support/eventually';

const PATH = '/erp/sync/order-status';
const errors: unknown[] = [];
const answerer = new CallAnswerer({
  handler: { orderStatus: ({ orderNumber }) => Promise.resolve({ known: true, status: 'failed', error: orderNumber }) },
  secrets: () => [CURRENT],
  clock: new HubClock({ trustOwnClock: true }),
});
const server = createServer(pushListener({ answerer, prefix: '/erp', onError: (error) => errors.push(error) }));
let port = 0;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

async function post(path: string, body: Uint8Array | string, headers: IncomingHttpHeaders = {}, method = 'POST'): Promise<Reply> {
  const sent = request({ port, host: '127.0.0.1', path, method, headers });
  sent.end(body);
  const [reply] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  const bytes = await buffer(reply);
  const text = (reply.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  return { status: reply.statusCode ?? 0, headers: reply.headers, text };
}

const call = (orderNumber = 'SO-1') => callOf('/sync/order-status', { ...jobOf(1), orderNumber });

it('answers calls of the hub below its prefix, plain and gzipped', async () => {
  const { headers, body } = call();
  const expected = { status: 200, text: JSON.stringify({ known: true, status: 'failed', error: 'SO-1' }) };
  expect(await post(PATH, body, headers)).toMatchObject(expected);
  expect(await post(`${PATH}?x=1`, gzipSync(body), { ...headers, 'content-encoding': 'gzip' })).toMatchObject(expected);
});

it('gzips large replies when it may', async () => {
  const { headers, body } = call('x'.repeat(5_000));
  expect((await post(PATH, body, headers)).headers['content-encoding']).toBeUndefined();
  const reply = await post(PATH, body, { ...headers, 'accept-encoding': 'gzip' });
  expect(reply.headers['content-encoding']).toBe('gzip');
  expect(JSON.parse(reply.text)).toMatchObject({ error: 'x'.repeat(5_000) });
});

it.each([
  ['another path', '/sync/order-status', 404],
  ['an unknown call', '/erp/sync/all', 404],
])('answers %s 404', async (_, path, status) => {
  const { headers, body } = call();
  expect(await post(path, body, headers)).toMatchObject({ status });
});

it('takes POST only', async () => {
  expect(await post(PATH, '', {}, 'GET')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
});

it.each<[string, Buffer, IncomingHttpHeaders, number]>([
  ['too large', Buffer.alloc(MOST_CALL_BYTES + 1, ' '), {}, 413],
  ['too large, without saying so', Buffer.alloc(5 * MOST_CALL_BYTES, ' '), { 'transfer-encoding': 'chunked' }, 413],
  ['a bomb', gzipSync(Buffer.alloc(50 * 1024 * 1024)), { 'content-encoding': 'gzip' }, 413],
  ['no gzip', Buffer.from('{}'), { 'content-encoding': 'gzip' }, 400],
  ['cut gzip', gzipSync('{}').subarray(0, 15), { 'content-encoding': 'gzip' }, 400],
  ['of another encoding', Buffer.from('{}'), { 'content-encoding': 'br' }, 415],
])('does not read a body that is %s', async (_, body, more, status) => {
  expect(await post(PATH, body, { ...call().headers, ...more })).toMatchObject({ status });
});

it('lives on when a caller goes away', async () => {
  errors.length = 0;
  const sent = request({ port, host: '127.0.0.1', path: PATH, method: 'POST', headers: { 'content-length': 1_000 } });
  sent.on('error', () => undefined);
  sent.write('{');
  await once(sent, 'socket');
  setTimeout(() => sent.destroy(), 20);
  await eventually('the news of it', () => errors.length === 1);
  const { headers, body } = call();
  expect(await post(PATH, body, headers)).toMatchObject({ status: 200 });
});
