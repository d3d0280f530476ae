import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { agentSelf, heartbeat, registerAgent, rotateToken } from '@repo/contracts/operations/agent-operations';
import { agentCallback } from '@repo/contracts/operations/delivery-operations';
import { pushItems, pushStockBatch } from '@repo/contracts/operations/ingest-operations';
import { pollCalls, replyToCall } from '@repo/contracts/operations/poll-operations';
import { abandonSnapshot, beginSnapshot, commitSnapshot } from '@repo/contracts/operations/snapshot-operations';
import { HubError } from '../src/client/hub-error';
import { Heartbeats } from '../src/client/heartbeats';
import { eventually } from './support/eventually';
import { ok, problem, type Said } from './support/fake-hub';
import { TOKEN, useHub } from './support/use-hub';

const use = useHub('/behind/a/prefix');
const ID = '019b0000-0000-7000-8000-000000000001';
const TIME = '2026-01-31T08:30:00.000Z';
const BEAT = { status: 'online', serverTime: TIME, drift: {} };
const REGISTERED = { vendorId: 'vendor-1', status: 'online', mode: 'pull' };
const SECRET = 'registration-secret-that-nobody-sees';

/** The failure of something that must fail. */
async function failureOf(work: Promise<unknown>): Promise<HubError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HubError);
  return error as HubError;
}

/** Answers an operation with these, one after the other. */
function answers(...said: Said[]): () => Said {
  return () => said.shift() ?? problem(500, 'internal', { detail: 'asked too often' });
}

describe('a request', () => {
  it('goes below the prefix of the hub, with the credential, and says what it is in the log of the hub', async () => {
    use.hub.on(heartbeat, () => ok(BEAT));
    await use.client.heartbeat({ version: '1.2' }, { correlationId: 'mine-1' });
    const [request] = use.hub.requests;
    expect(request?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'x-vendor-id': 'vendor-1', 'x-correlation-id': 'mine-1' });
    expect(request?.body).toMatchObject({ version: '1.2', agentTime: expect.any(String) as string });
  });

  it('uses a token from the moment on in which it is replaced', async () => {
    use.hub.on(heartbeat, answers(problem(503, 'unavailable'), ok(BEAT)));
    const beat = use.clientOf({ retry: { baseMs: 200 }, random: () => 1 }).heartbeat();
    await eventually('the first try', () => use.hub.requests.length === 1);
    use.credentials.replaceToken('another-token');
    await beat;
    expect(use.hub.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${TOKEN}`, 'Bearer another-token']);
  });

  it('is gzipped when it is large', async () => {
    use.hub.on(agentCallback, () => ok({ jobId: ID, status: 'completed' }));
    for (const error of ['short', 'long'.repeat(500)]) await use.client.callback({ jobId: ID, status: 'failed', error });
    expect(use.hub.requests.map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'gzip']);
  });

  it('ends when its caller wants no more, with the reason, also between two tries', async () => {
    use.hub.on(agentSelf, () => 'hang');
    const abort = new AbortController();
    const asked = use.client.me({ signal: abort.signal, retry: { attempts: 1 } });
    await eventually('the request', () => use.hub.requests.length === 1);
    abort.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    use.hub.on(agentSelf, () => problem(503, 'unavailable', { headers: { 'retry-after': '60' } }));
    const again = new AbortController();
    const waiting = use.client.me({ signal: again.signal });
    await eventually('the second request', () => use.hub.requests.length === 2);
    again.abort(new Error('enough of that, too'));
    await expect(waiting).rejects.toThrow('enough of that, too');
    await expect(use.client.me({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
    expect(use.hub.requests).toHaveLength(2);
  });
});

describe('a failure', () => {
  it.each<[Said, object]>([
    [
      problem(400, 'invalid_request', { detail: 'no', errors: [{ path: 'jobId', message: 'must be a UUID' }] }),
      { kind: 'refused', status: 400, code: 'invalid_request', detail: 'no', errors: [{ path: 'jobId', message: 'must be a UUID' }] },
    ],
    [problem(409, 'some_new_code'), { kind: 'refused', code: 'some_new_code', errors: [] }],
    [problem(429, 'rate_limited', { headers: { 'retry-after': '999' } }), { kind: 'rate_limited', retryAfterMs: 999_000 }],
    [
      { status: 429, text: 'slow down' },
      { kind: 'rate_limited', retryAfterMs: undefined },
    ],
    [
      problem(503, 'shutting_down', { headers: { 'retry-after': '600' } }),
      { kind: 'unavailable', code: 'shutting_down', retryAfterMs: 600_000 },
    ],
    [problem(500, 'internal'), { kind: 'unavailable', status: 500, code: 'internal' }],
    [
      { status: 502, text: '<html>' },
      { kind: 'unavailable', status: 502, code: undefined },
    ],
    [
      { status: 404, text: '<html>' },
      { kind: 'bad_reply', status: 404 },
    ],
    [
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      { kind: 'bad_reply', status: 302 },
    ],
    [
      { status: 200, text: '<html>' },
      { kind: 'bad_reply', status: 200, problem: 'no JSON' },
    ],
    [ok({ jobId: ID, status: 'done' }), { kind: 'bad_reply', problem: expect.stringMatching(/^status: /) as string }],
    [{ status: 200 }, { kind: 'bad_reply' }],
    ['drop', { kind: 'unreachable', mayBeDone: true }],
  ])('%j is told by its kind', async (said, failure) => {
    use.hub.on(agentCallback, () => said);
    const error = await failureOf(use.clientOf({ retry: { attempts: 1 } }).callback({ jobId: ID, status: 'completed' }));
    expect(error.failure).toMatchObject(failure);
    expect(error).toMatchObject({ operation: 'agentCallback', correlationId: use.hub.requests[0]?.headers['x-correlation-id'] });
  });

  it('is a timeout when nothing comes in time, and may be done', async () => {
    use.hub.on(agentSelf, () => 'hang');
    const error = await failureOf(use.client.me({ timeoutMs: 30, retry: { attempts: 1 } }));
    expect(error.failure).toEqual({ kind: 'timeout', timeoutMs: 30 });
    expect(error.mayBeDone).toBe(true);
  });

  it('is certainly not done when there was no connection', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    for (const baseUrl of [`http://127.0.0.1:${port}`, 'http://no-such-host.invalid', use.hub.url.replace('http:', 'https:')]) {
      const error = await failureOf(use.clientOf({ baseUrl, retry: { attempts: 1 } }).me());
      expect(error.failure).toMatchObject({ kind: 'unreachable', mayBeDone: false });
    }
  });

  it('is none when a newer hub says more than is known', async () => {
    use.hub.on(heartbeat, () => ok({ ...BEAT, motd: 'hello', drift: { items: 'drift', recipes: 'drift' } }));
    expect(await use.client.heartbeat()).toEqual({ ...BEAT, drift: { items: 'drift' } });
  });
});

describe('credentials', () => {
  it('are in no error', async () => {
    const everything = (error: unknown): string => {
      const { message, stack, cause, ...rest } = error as Error;
      return `${message}${stack}${JSON.stringify(rest)}${cause === undefined ? '' : everything(cause)}`;
    };
    use.hub.on(agentSelf, () => 'drop');
    use.hub.on(registerAgent, () => problem(403, 'registration_refused'));
    const once = { retry: { attempts: 1 } };
    const bad = `${TOKEN}\nX: y`;
    const broken = use.clientOf({ credentials: () => ({ vendorId: 'vendor-1', token: bad }) });
    const failed = [
      use.client.me(once),
      broken.me(once),
      use.client.register({ vendorId: 'vendor-1' }, { kind: 'registration_secret', secret: SECRET }, once),
      use.client.register({ vendorId: 'vendor-1' }, { kind: 'registration_secret', secret: `${SECRET}é` }, once),
    ];
    for (const { reason: error } of (await Promise.allSettled(failed)) as PromiseRejectedResult[]) {
      expect(error).toBeInstanceOf(Error);
      expect(everything(error)).not.toContain(TOKEN);
      expect(everything(error)).not.toContain(SECRET);
    }
  });

  it.each(['hub.example', 'ftp://hub', 'https://me:secret@hub.example', 'https://hub.example?x=1', ''])(
    'do not belong into the URL: %j',
    (baseUrl) => {
      expect(() => use.clientOf({ baseUrl })).toThrow(TypeError);
      expect(() => use.clientOf({ baseUrl })).not.toThrow(/secret/);
    },
  );
});

describe('what is repeated', () => {
  it('repeats what changes nothing until it is taken, with one correlation id', async () => {
    use.hub.on(
      agentCallback,
      answers('drop', problem(503, 'unavailable'), { status: 502, text: '' }, ok({ jobId: ID, status: 'completed' })),
    );
    expect(await use.client.callback({ jobId: ID, status: 'completed' })).toEqual({ jobId: ID, status: 'completed' });
    expect(new Set(use.hub.requests.map(({ headers }) => headers['x-correlation-id'])).size).toBe(1);
    expect(use.hub.requests).toHaveLength(4);
  });

  it('does not repeat a refusal', async () => {
    use.hub.on(agentCallback, answers(problem(404, 'not_found')));
    expect((await failureOf(use.client.callback({ jobId: ID, status: 'completed' }))).code).toBe('not_found');
  });

  it.each([
    [
      'a first registration',
      () => use.client.register({ vendorId: 'vendor-1', erpType: 'X' }, { kind: 'registration_secret', secret: SECRET }),
    ],
    ['a rotation', () => use.client.rotate()],
    ['a poll', () => use.client.poll()],
  ])('does not repeat %s that may be done', async (_, ask) => {
    for (const operation of [registerAgent, rotateToken, pollCalls]) use.hub.on(operation, () => 'drop');
    await failureOf(ask());
    expect(use.hub.requests).toHaveLength(1);
  });

  it('repeats a registration that was not done, and an update', async () => {
    use.hub.on(
      registerAgent,
      answers(problem(429, 'rate_limited'), { status: 201, body: { ...REGISTERED, token: 't' } }, 'drop', ok(REGISTERED)),
    );
    expect(await use.client.register({ vendorId: 'vendor-1', erpType: 'X' }, { kind: 'enrolment_code', code: 'code-1' })).toMatchObject({
      token: 't',
    });
    expect(await use.client.register({ vendorId: 'vendor-1', agentUrl: null }, { kind: 'current_token' })).toEqual(REGISTERED);
    expect(use.hub.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer code-1',
      'Bearer code-1',
      `Bearer ${TOKEN}`,
      `Bearer ${TOKEN}`,
    ]);
  });
});

it('speaks every operation of the contract', async () => {
  const secrets = { token: 't', outboundToken: 'o', signingSecret: 's', previousValidUntil: TIME };
  const snapshot = { snapshotId: ID, entity: 'items', startedAt: TIME, expiresAt: TIME };
  const call = { callId: ID, path: '/sync/keys', headers: {}, body: '{}', deadlineAt: TIME };
  use.hub.on(rotateToken, () => ok(secrets));
  use.hub.on(pollCalls, () => ok({ calls: [call] }));
  use.hub.on(replyToCall, () => ({ status: 204 }));
  use.hub.on(beginSnapshot, () => ({ status: 201, body: snapshot }));
  use.hub.on(commitSnapshot, () => ok({ tombstoned: 1, present: 2 }));
  use.hub.on(abandonSnapshot, () => ({ status: 204 }));
  use.hub.on(pushItems, () => ok({ processed: 1, skipped: 0, failed: 0, results: [] }));
  use.hub.on(pushStockBatch, () => ok({ processed: 1, skipped: 0, failed: 0, results: [] }));
  expect(await use.client.rotate()).toEqual(secrets);
  expect(await use.client.poll({ max: 3, waitSeconds: 0 })).toEqual([call]);
  await use.client.reply(ID, { status: 200, headers: { 'retry-after': '1' }, body: '{"known":false}' });
  await use.client.reply(ID, { status: 503 });
  expect(use.hub.of(replyToCall).map(({ body }): unknown => body)).toEqual([
    { status: 200, headers: { 'retry-after': '1' }, body: { known: false } },
    { status: 503 },
  ]);
  expect(await use.client.beginSnapshot('items')).toEqual(snapshot);
  expect(await use.client.commitSnapshot(ID, { count: 2, digest: '0000000000000000' })).toEqual({ tombstoned: 1, present: 2 });
  await use.client.abandonSnapshot(ID);
  await use.client.ingest('items', [{ sku: 'A-1' }]);
  await use.client.ingest('stock', [{ sku: 'A-1' }], { size: 'full', results: 'problems', snapshotId: ID });
  expect(use.hub.of(pushStockBatch)[0]).toMatchObject({
    query: { results: 'problems' },
    headers: { 'x-snapshot-id': ID },
    body: { stock: [{ sku: 'A-1' }] },
  });
});

describe('heartbeats', () => {
  it('go on after a failure, keep the clock right, and end', async () => {
    const errors: unknown[] = [];
    const drifts: unknown[] = [];
    use.hub.on(heartbeat, answers(problem(503, 'unavailable'), ok(BEAT), ok({ ...BEAT, drift: { items: 'drift' } })));
    const beats = new Heartbeats({
      client: use.client,
      say: () => ({ version: '1' }),
      everyMs: 5,
      onError: (error) => errors.push(error),
      onReply: ({ drift }) => drifts.push(drift),
    });
    await beats.start();
    expect(errors).toHaveLength(1);
    expect(use.client.clock.known).toBe(false);
    await eventually('two answers', () => drifts.length >= 2);
    await beats.stop();
    expect(Math.abs(use.client.clock.now() - Date.parse(TIME))).toBeLessThan(5_000);
    const { length } = use.hub.requests;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(use.hub.requests).toHaveLength(length);
  });
});
