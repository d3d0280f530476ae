import { getEventListeners } from 'node:events';
import { createServer as createTls } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { callWithin, closeFarSides, endpointOf, httpAgent, listen, rawAgent, type FarSide } from '../../../../../test/support/push-fixture';
import { TEST_CERTIFICATE } from '../../../../../test/support/tls-certificate';
import { AllowList } from '../agent-address';
import type { AgentCall, CallResult } from './agent-transport';
import { PushTransport, type PushTransportOptions } from './push-transport';

const LOCAL = new AllowList(['127.0.0.0/8']);
const never = new AbortController().signal;
const KNOWN_NOT = { kind: 'replied', status: 200, retryAfterSeconds: undefined, body: { json: { known: false } } };

let transport: PushTransport;
const open = (more: Partial<PushTransportOptions> = {}) =>
  new PushTransport({ outboundSecret: 'o'.repeat(32), allowed: LOCAL, lookUp: () => Promise.resolve(['127.0.0.1']), ...more });
beforeEach(() => {
  transport = open();
});
afterEach(async () => {
  await transport.close();
  await closeFarSides();
});

const send = (url: string, ms = 5_000, more: Partial<AgentCall> = {}, signal = never): Promise<CallResult> =>
  transport.call(endpointOf(url), callWithin(ms, more), signal);
/** Resolves when a condition holds; the test's own limit is the limit. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(5);
}
const closed = (agent: FarSide) => until(() => agent.sockets.length > 0 && agent.sockets.every((socket) => socket.destroyed));
const answer = (response: ServerResponse, status: number, body: string | Buffer, headers: Record<string, string> = {}) =>
  response.writeHead(status, headers).end(body);
/** An agent that answers every request on a connection with these bytes, and keeps it open. */
const saying = (bytes: string) => rawAgent((socket) => socket.on('data', () => socket.write(bytes)));

describe('a call that never reached the agent', () => {
  it('was refused', async () => {
    const agent = await rawAgent(() => undefined);
    await agent.close();
    expect(await send(agent.url)).toEqual({ kind: 'not_sent', code: 'connect_failed', message: 'no connection (ECONNREFUSED)' });
  });

  it('did not get a connection within 80 % of its time', async () => {
    const agent = await rawAgent(() => undefined); // takes the connection and never answers the TLS greeting
    const started = performance.now();
    expect(await send(agent.url.replace('http', 'https'), 1_000)).toMatchObject({ kind: 'not_sent', code: 'connect_timeout' });
    expect(performance.now() - started).toBeGreaterThan(750);
    expect(performance.now() - started).toBeLessThan(990);
  });

  it('had no time left', async () => {
    const agent = await saying('');
    expect(await send(agent.url, 0)).toMatchObject({ kind: 'not_sent', code: 'connect_timeout' });
    expect(agent.sockets).toHaveLength(0);
  });

  it('is not sent by a connection that comes too late', async () => {
    const agent = await saying('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    let resolve: (addresses: string[]) => void = () => undefined;
    transport = open({ lookUp: () => new Promise((done) => (resolve = done)) });
    expect(await send(`http://agent.test:${agent.port}`, 200)).toMatchObject({ kind: 'not_sent', code: 'connect_timeout' });
    resolve(['127.0.0.1']);
    await closed(agent);
    expect(agent.received()).toBe('');
  });

  it.each([
    ['is trusted by nobody', undefined, 'agent.test', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['is for another name', TEST_CERTIFICATE.cert, 'other.test', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('met a certificate that %s', async (_, ca, host, reason) => {
    let requests = 0;
    const agent = await listen(createTls(TEST_CERTIFICATE, () => requests++));
    transport = open(ca === undefined ? {} : { ca });
    const message = `no connection (${reason})`;
    expect(await send(`https://${host}:${agent.port}`)).toEqual({ kind: 'not_sent', code: 'connect_failed', message });
    expect(requests).toBe(0);
  });

  it('was cut by shutdown before it had a connection, or before it began', async () => {
    const agent = await rawAgent(() => undefined);
    const shutdown = new AbortController();
    const call = send(agent.url.replace('http', 'https'), 5_000, {}, shutdown.signal);
    await until(() => agent.sockets.length > 0);
    shutdown.abort();
    expect(await call).toMatchObject({ kind: 'not_sent', code: 'cut_at_shutdown' });
    expect(await send(agent.url, 5_000, {}, shutdown.signal)).toMatchObject({ kind: 'not_sent', code: 'cut_at_shutdown' });
    expect(agent.sockets).toHaveLength(1);
  });

  it('waited too long behind others, and is not sent when their connections are free', async () => {
    const waiting: ServerResponse[] = [];
    const agent = await httpAgent((_, response) => waiting.push(response));
    const slow = Array.from({ length: 4 }, () => send(agent.url));
    await until(() => waiting.length === 4);
    expect(await send(agent.url, 200)).toMatchObject({ kind: 'not_sent', code: 'connect_timeout' });
    for (const response of waiting) answer(response, 200, '{"known":false}');
    expect(await Promise.all(slow)).toEqual([KNOWN_NOT, KNOWN_NOT, KNOWN_NOT, KNOWN_NOT]);
    const next = send(agent.url);
    await until(() => waiting.length === 5);
    waiting[4]?.end('{"known":false}');
    expect(await next).toEqual(KNOWN_NOT);
    expect(waiting).toHaveLength(5);
  });
});

describe('a call that may have reached the agent', () => {
  it('lost its connection before anything was read', async () => {
    const agent = await rawAgent((socket) => void setTimeout(() => socket.resetAndDestroy(), 50), true);
    expect(await send(agent.url)).toMatchObject({ kind: 'ambiguous', code: 'connection_lost' });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['reset', (socket) => socket.resetAndDestroy()],
    ['closed', (socket) => socket.end()],
    ['closed within the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-')],
    ['closed within the body', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"known":')],
    ['closed within a chunk', (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"k')],
    ['used for something that is no HTTP', (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n\r\n')],
    ['turned to another protocol', (socket) => socket.write('HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')],
    ['used for endless headers', (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`)],
  ])('had its connection %s', async (_, act) => {
    const agent = await rawAgent((socket) => socket.once('data', () => act(socket)));
    expect(await send(agent.url)).toMatchObject({ kind: 'ambiguous', code: 'connection_lost' });
    expect(agent.received().match(/POST /g)).toHaveLength(1); // never sent again by itself
    await closed(agent);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => undefined],
    ['says that it goes on, and nothing more', (socket) => socket.write('HTTP/1.1 102 Processing\r\n\r\n')],
    ['trickles headers', (socket) => trickle(socket, 'HTTP/1.1 200 OK\r\n', 'x: y\r\n')],
    ['trickles a body', (socket) => trickle(socket, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\n \r\n')],
  ])('timed out at its deadline while the agent %s', async (_, act) => {
    const agent = await rawAgent((socket) => socket.once('data', () => act(socket)));
    const started = performance.now();
    expect(await send(agent.url, 500)).toMatchObject({ kind: 'ambiguous', code: 'timeout' });
    expect(performance.now() - started).toBeGreaterThan(480);
    expect(performance.now() - started).toBeLessThan(800);
    await closed(agent);
  });

  it('was cut by shutdown, by its signal or with the transport', async () => {
    const agent = await saying('');
    const shutdown = new AbortController();
    const calls = [send(agent.url, 5_000, {}, shutdown.signal), send(agent.url)];
    await until(() => agent.received().match(/"j-1"/g)?.length === 2);
    shutdown.abort();
    await transport.close();
    const cut = { kind: 'ambiguous', code: 'cut_at_shutdown', message: expect.any(String) };
    expect(await Promise.all(calls)).toEqual([cut, cut]);
    await closed(agent);
    expect(await send(agent.url)).toMatchObject({ kind: 'not_sent', code: 'cut_at_shutdown' });
  });
});

function trickle(socket: Socket, first: string, again: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(again), 20);
  socket.once('close', () => clearInterval(timer));
}

describe('a reply', () => {
  it.each<[number, Record<string, string>, number | undefined]>([
    [200, {}, undefined],
    [202, {}, undefined],
    [400, {}, undefined],
    [401, {}, undefined],
    [404, {}, undefined],
    [429, { 'retry-after': '17' }, 17],
    [429, { 'retry-after': 'later' }, undefined],
    [500, {}, undefined],
    [503, { 'retry-after': '99999' }, 3600],
  ])('with status %i and %j is told as it is', async (status, headers, retryAfterSeconds) => {
    const agent = await httpAgent((_, response) => answer(response, status, '{"known":false}', headers));
    expect(await send(agent.url)).toEqual({ kind: 'replied', status, retryAfterSeconds, body: { json: { known: false } } });
  });

  it('with a date to come back at counts from now', async () => {
    const at = new Date(Date.now() + 60_000).toUTCString();
    const agent = await httpAgent((_, response) => answer(response, 503, '{}', { 'retry-after': at }));
    const { retryAfterSeconds } = (await send(agent.url)) as { retryAfterSeconds: number };
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(58);
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  it.each([301, 302, 303, 307, 308])('with status %i leads nowhere', async (status) => {
    let visits = 0;
    const other = await httpAgent((_, response) => answer(response, 200, `{"visits":${++visits}}`));
    for (const location of [other.url, 'http://169.254.169.254/latest/meta-data']) {
      const agent = await httpAgent((_, response) => answer(response, status, '', { location }));
      expect(await send(agent.url)).toMatchObject({ kind: 'replied', status, body: { fault: 'not_json' } });
    }
    expect(visits).toBe(0);
  });

  it('may be gzipped, come after a 1xx, or be no JSON at all', async () => {
    const gzipped = await httpAgent((_, response) => answer(response, 200, gzipSync('{"known":false}'), { 'content-encoding': 'gzip' }));
    expect(await send(gzipped.url)).toEqual(KNOWN_NOT);
    const early = await saying(
      'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"known":false}',
    );
    expect(await send(early.url)).toEqual(KNOWN_NOT);
    const page = await httpAgent((_, response) => answer(response, 502, '<h1>Bad gateway</h1>'));
    expect(await send(page.url)).toMatchObject({ kind: 'replied', status: 502, body: { fault: 'not_json' } });
  });

  it('may take its time, before it begins and within, as long as the deadline allows', async () => {
    const agent = await httpAgent((_, response) => {
      setTimeout(() => response.writeHead(200).write('{"known":'), 1_600);
      setTimeout(() => response.end('false}'), 3_200);
    });
    expect(await send(agent.url)).toEqual(KNOWN_NOT);
  });

  it('without a length ends with its connection', async () => {
    const agent = await rawAgent((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n{"known":false}')));
    expect(await send(agent.url)).toEqual(KNOWN_NOT);
  });

  it.each([
    ['with a length', { 'content-length': String(50 * 1024 * 1024) }],
    ['in chunks', {}],
  ])('of 50 MiB %s is not read to its end', async (_, headers) => {
    const agent = await httpAgent((_, response) => {
      response.writeHead(200, headers);
      const push = () => {
        for (let room = true; room && !response.destroyed;) room = response.write(Buffer.alloc(64 * 1024, ' '));
      };
      response.on('drain', push);
      push();
    });
    expect(await send(agent.url)).toEqual({ kind: 'replied', status: 200, retryAfterSeconds: undefined, body: { fault: 'too_large' } });
    await closed(agent);
    expect(agent.sockets[0]?.bytesWritten).toBeLessThan(25 * 1024 * 1024);
  });

  it('of a gigabyte in a megabyte of gzip does not fill the memory', async () => {
    const member = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const bomb = Buffer.concat(Array.from({ length: 16 }, () => member));
    const agent = await httpAgent((_, response) => answer(response, 200, bomb, { 'content-encoding': 'gzip' }));
    const before = process.memoryUsage.rss();
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
    expect(await send(agent.url)).toMatchObject({ status: 200, body: { fault: 'too_large' } });
    clearInterval(watch);
    await closed(agent);
    expect(most - before).toBeLessThan(100 * 1024 * 1024);
  });
});

describe('connections', () => {
  it('are used again', async () => {
    const agent = await httpAgent((_, response) => answer(response, 200, '{"known":false}'));
    for (let call = 0; call < 5; call++) expect(await send(agent.url)).toEqual(KNOWN_NOT);
    // Two: the first is let go of a moment after its reply has been told.
    expect(agent.sockets.length).toBeLessThanOrEqual(2);
  });

  it('that the agent closes between two calls cost nothing', async () => {
    const agent = await rawAgent((socket) =>
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"known":false}');
        setTimeout(() => socket.resetAndDestroy(), 10);
      }),
    );
    for (let call = 1; call <= 5; call++) {
      expect(await send(agent.url)).toEqual(KNOWN_NOT);
      await until(() => agent.sockets.at(-1)?.destroyed === true);
      expect(agent.sockets).toHaveLength(call);
    }
  });

  it('are at most four to one agent, and one call at a time on each', async () => {
    let [now, most] = [0, 0];
    const agent = await httpAgent((_, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        answer(response, 200, '{"known":false}');
      }, 20);
    });
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(agent.url)));
    expect(replies).toEqual(Array.from({ length: 20 }, () => KNOWN_NOT));
    expect([most, agent.sockets.length]).toEqual([4, 4]);
  });

  it('to a name with a certificate that is trusted are as good', async () => {
    const agent = await listen(
      createTls(TEST_CERTIFICATE, (request, response) => answer(response, 200, JSON.stringify({ host: request.headers.host }))),
    );
    const asked: string[] = [];
    transport = open({
      ca: TEST_CERTIFICATE.cert,
      allowed: LOCAL,
      lookUp: (host) => Promise.resolve(asked.push(host) > 0 ? ['127.0.0.1'] : []),
    });
    expect(await send(`https://agent.test:${agent.port}/erp`)).toMatchObject({ body: { json: { host: `agent.test:${agent.port}` } } });
    expect(asked).toEqual(['agent.test']);
  });

  it('leave nothing behind on the signal that many calls share', async () => {
    const { signal } = new AbortController();
    const agent = await httpAgent((_, response) => answer(response, 200, '{"known":false}'));
    const calls = Array.from({ length: 30 }, () => send(agent.url, 5_000, {}, signal));
    expect(getEventListeners(signal, 'abort')).toHaveLength(30);
    await Promise.all(calls);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

it('tells nothing of paths, addresses or replies in its messages, and little of anything', async () => {
  const secret = 'hidden-in-the-path';
  const agents = await Promise.all([
    saying(`HTTP/1.1 ${secret}\r\n\r\n`),
    rawAgent((socket) => socket.resetAndDestroy()),
    rawAgent((socket) => socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n${secret}`))),
  ]);
  const urls = [
    ...agents.map(({ url }) => `${url}/${secret}`),
    `https://10.0.0.1/${secret}`,
    `https://${secret}:x@a.test/`,
    'http://127.0.0.1:1/',
  ];
  for (const url of urls) {
    const result = (await send(url, 2_000)) as { message: string };
    expect(result.message.length).toBeLessThanOrEqual(200);
    expect(result.message).not.toMatch(/hidden-in-the-path|127\.0\.0\.1|10\.0\.0\.1/);
  }
});
