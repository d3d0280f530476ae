import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { verifyCall } from '@repo/contracts/agent-protocol/sign-call';
import type { PolledCall } from '@repo/contracts/operations/poll-operations';
import { nextRedisUrl } from '@repo/dev-stack/test-servers';
import { Redis } from 'ioredis';
import type { HubSettings } from '../../../../config/settings';
import { LocalEventBus } from '../../../../platform/events/local-events';
import { Lifecycle } from '../../../../platform/lifecycle/lifecycle';
import { outboundSecrets } from '../outbound-secrets';
import type { AgentCall, AgentEndpoint, CallResult } from '../transport/agent-transport';
import { CallSigner } from '../transport/call-signer';
import { PollingAgents } from '../transport/pull/polling-agents';
import { PullSignals } from '../transport/pull/pull-signals';
import { PullStore } from '../transport/pull/pull-store';
import { PullTransport } from '../transport/pull/pull-transport';
import { HandOutCalls } from './hand-out-calls';
import { TakeReply } from './take-reply';

const OUTBOUND = 'o'.repeat(32);
const VENDOR = 'vendor-1';
const never = new AbortController().signal;
setMaxListeners(0, never);
let over: AbortController;
const out: Promise<CallResult>[] = [];

/** The parts of one process of the hub that have to do with polls. */
class Instance {
  readonly lifecycle = new Lifecycle();
  readonly polling: PollingAgents;
  readonly store: PullStore;
  readonly transport: PullTransport;
  readonly calls: HandOutCalls;
  readonly replies: TakeReply;
  readonly signals: PullSignals;

  private constructor(
    readonly redis: Redis,
    readonly subscriber: Redis,
  ) {
    this.store = new PullStore(redis);
    this.polling = new PollingAgents(redis, { AGENT_TIMEOUT_MS: 1_000 } as HubSettings, new LocalEventBus());
    this.signals = new PullSignals(subscriber);
    this.transport = new PullTransport(this.store, this.signals, this.polling);
    this.calls = new HandOutCalls(this.store, this.signals, this.polling, new CallSigner(OUTBOUND), this.lifecycle);
    this.replies = new TakeReply(this.store, this.polling);
  }

  static async start(url: string): Promise<Instance> {
    const options = { enableOfflineQueue: false, maxRetriesPerRequest: 0, autoResubscribe: false, retryStrategy: () => 20 };
    const instance = new Instance(new Redis(url, { ...options, commandTimeout: 1_000 }), new Redis(url, options));
    instance.redis.on('error', () => undefined);
    instance.subscriber.on('error', () => undefined);
    await until(() => instance.signals.connected && instance.redis.status === 'ready');
    return instance;
  }

  poll(options: { vendorId?: string; most?: number; waitMs?: number; gone?: AbortSignal } = {}): Promise<PolledCall[]> {
    const { vendorId = VENDOR, most = 10, waitMs = 5_000, gone = never } = options;
    return this.calls.poll({ vendorId, most, waitMs, gone });
  }

  stop(): void {
    this.redis.disconnect();
    this.subscriber.disconnect();
  }
}

let worker: Instance;
let one: Instance;
let two: Instance;

beforeEach(async () => {
  over = new AbortController();
  const url = await nextRedisUrl();
  [worker, one, two] = await Promise.all([Instance.start(url), Instance.start(url), Instance.start(url)]);
});
afterEach(async () => {
  over.abort();
  await Promise.all(out.splice(0));
  [worker, one, two].forEach((instance) => instance.stop());
});

const endpoint: AgentEndpoint = { vendorId: VENDOR, mode: 'pull', agentUrl: null, secretVersion: 2, signWithPrevious: true };
function call(withinMs = 5_000, body: unknown = { jobId: 'j-1', notes: 'brûlée – 寿司' }): AgentCall {
  return {
    path: '/sync/create-order',
    body,
    correlationId: 'c-1',
    idempotencyKey: 'j-1',
    deadlineAt: new Date(Date.now() + withinMs),
  };
}
/** Calls the agent; what is still out at the end of the test is cut. */
function callAgent(what = call(), signal = over.signal): Promise<CallResult> {
  const result = worker.transport.call(endpoint, what, signal);
  out.push(result);
  return result;
}
const reply = (instance: Instance, { callId }: PolledCall, said = { status: 200, body: { known: false } as unknown }) =>
  instance.replies.take(VENDOR, callId, said, undefined);

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
/** Waits until this many calls wait to be fetched. */
const waiting = (count: number) => until(async () => (await worker.redis.llen(`hub:pull:{${VENDOR}}:waiting`)) === count);

describe('a call to an agent that polls', () => {
  it('goes out with a poll that waits for it, at any instance, and its reply may come to another', async () => {
    const polled = one.poll();
    const result = callAgent();
    const [fetched] = (await polled) as [PolledCall];
    await reply(two, fetched, { status: 200, body: { known: true, status: 'accepted' } });
    expect(await result).toEqual({
      kind: 'replied',
      status: 200,
      retryAfterSeconds: undefined,
      body: { json: { known: true, status: 'accepted' } },
    });
  });

  it('waits for the next poll when there is none', async () => {
    void callAgent();
    await waiting(1);
    expect(await one.poll({ waitMs: 0 })).toHaveLength(1);
  });

  it('has the headers of the protocol, signed over exactly its body with both secrets, and none of them is in Redis', async () => {
    const sent = call();
    void callAgent(sent);
    await waiting(1);
    const key = (await worker.redis.keys('hub:pull:*call:*'))[0] as string;
    const stored = JSON.stringify(await worker.redis.hgetall(key));
    const [polled] = (await one.poll()) as [PolledCall];
    const [previous, current] = [outboundSecrets(OUTBOUND, VENDOR, 1), outboundSecrets(OUTBOUND, VENDOR, 2)];
    expect(polled).toMatchObject({
      path: '/sync/create-order',
      body: JSON.stringify(sent.body),
      deadlineAt: sent.deadlineAt.toISOString(),
    });
    expect(polled.headers).toMatchObject({
      authorization: `Bearer ${current.outboundToken}`,
      'x-correlation-id': 'c-1',
      'x-deadline': sent.deadlineAt.toISOString(),
      'idempotency-key': 'j-1',
    });
    for (const { signingSecret } of [previous, current]) {
      expect(verifyCall(polled.headers, polled.body, signingSecret, { now: new Date() })).toMatchObject({ ok: true });
    }
    expect(stored).not.toContain(current.outboundToken);
    expect(stored).not.toContain(polled.headers['webhook-signature']);
  });

  it('is handed out once, however many polls wait at however many instances', async () => {
    const polls = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? one : two).poll({ waitMs: 400, most: 3 }));
    const results = Array.from({ length: 12 }, () => callAgent());
    const fetched = (await Promise.all(polls)).flat();
    expect(new Set(fetched.map(({ callId }) => callId)).size).toBe(12);
    expect(fetched).toHaveLength(12);
    await Promise.all(fetched.map((each) => reply(one, each)));
    expect((await Promise.all(results)).every(({ kind }) => kind === 'replied')).toBe(true);
  });

  it('is handed out in the order in which calls came, no more at once than asked for', async () => {
    for (let i = 0; i < 3; i++) {
      void callAgent(call(5_000, { i }));
      await waiting(i + 1);
    }
    const bodies = async (most: number) => (await one.poll({ most })).map(({ body }) => (JSON.parse(body) as { i: number }).i);
    expect([await bodies(2), await bodies(2)]).toEqual([[0, 1], [2]]);
  });

  it('is withdrawn when nobody fetches it before its deadline, and its agent counts as away', async () => {
    await one.poll({ waitMs: 0 });
    expect(await worker.polling.read()).toEqual([VENDOR]);
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await callAgent(call(60))).toMatchObject({ kind: 'not_sent', code: 'not_fetched' });
    expect(await worker.polling.read()).toEqual([]);
    expect(await one.poll({ waitMs: 0 })).toEqual([]);
    expect(await worker.polling.read()).toEqual([VENDOR]);
  });

  it('is not handed out after its deadline although its worker died', async () => {
    await worker.store.offer(VENDOR, randomUUID(), { ...stored(), deadline: Date.now() - 1 });
    expect(await one.poll({ waitMs: 0 })).toEqual([]);
  });

  it('is ambiguous when it was fetched and not answered before its deadline; a reply is late then', async () => {
    const result = callAgent(call(80));
    const [fetched] = (await one.poll()) as [PolledCall];
    expect(await result).toMatchObject({ kind: 'ambiguous', code: 'timeout' });
    await expect(reply(one, fetched)).rejects.toMatchObject({ code: 'expired' });
  });

  it('is withdrawn at shutdown while it waits, and ambiguous when it was fetched', async () => {
    const cut = new AbortController();
    const unfetched = callAgent(call(), cut.signal);
    await waiting(1);
    const [fetched] = (await one.poll()) as [PolledCall];
    const second = callAgent(call(), cut.signal);
    await waiting(1);
    cut.abort();
    expect(await unfetched).toMatchObject({ kind: 'ambiguous', code: 'cut_at_shutdown' });
    expect(await second).toMatchObject({ kind: 'not_sent', code: 'cut_at_shutdown' });
    expect(await one.poll({ waitMs: 0 })).toEqual([]);
    await expect(reply(one, fetched)).rejects.toMatchObject({ code: 'expired' });
  });

  it('is ambiguous when Redis loses it: somebody may have it', async () => {
    const result = callAgent(call(150));
    await waiting(1);
    await worker.redis.flushdb();
    expect(await result).toMatchObject({ kind: 'ambiguous', code: 'connection_lost' });
  });

  it('was certainly not sent when Redis is away from the start', async () => {
    worker.redis.disconnect();
    await until(() => worker.redis.status === 'end');
    expect(await callAgent()).toMatchObject({ kind: 'not_sent', code: 'not_fetched' });
  });

  it('is handed out again when it was given back', async () => {
    const result = callAgent();
    await waiting(1);
    const [fetched] = await one.store.fetch(VENDOR, 1);
    const polled = two.poll();
    await one.store.giveBack(VENDOR, (fetched as { callId: string }).callId, { ...stored() });
    const [again] = (await polled) as [PolledCall];
    await reply(two, again);
    expect(await result).toMatchObject({ kind: 'replied' });
  });

  it('is not fetched for somebody who has gone', async () => {
    const gone = new AbortController();
    const polled = one.poll({ gone: gone.signal });
    gone.abort();
    expect(await polled).toEqual([]);
    void callAgent();
    await waiting(1);
    expect(await two.poll({ waitMs: 0 })).toHaveLength(1);
  });

  it('brings its reply although the message about that was lost', async () => {
    const result = callAgent(call(300));
    const [fetched] = (await one.poll()) as [PolledCall];
    worker.subscriber.disconnect();
    await reply(one, fetched);
    expect(await result).toMatchObject({ kind: 'replied' });
  });
});

describe('a reply', () => {
  it('is for the vendor that fetched the call alone', async () => {
    void callAgent();
    const [fetched] = (await one.poll()) as [PolledCall];
    await expect(one.replies.take('vendor-2', fetched.callId, { status: 200 }, undefined)).rejects.toMatchObject({ code: 'not_found' });
    await expect(one.replies.take(VENDOR, randomUUID(), { status: 200 }, undefined)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is not taken for a call that nobody has fetched', async () => {
    void callAgent();
    await waiting(1);
    const [id] = await worker.redis.lrange(`hub:pull:{${VENDOR}}:waiting`, '0', '-1');
    await expect(one.replies.take(VENDOR, id as string, { status: 200 }, undefined)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('changes nothing when it is repeated', async () => {
    const result = callAgent();
    const [fetched] = (await one.poll()) as [PolledCall];
    await reply(one, fetched, { status: 200, body: { n: 1 } });
    expect(await result).toMatchObject({ body: { json: { n: 1 } } });
    await reply(two, fetched, { status: 500, body: { n: 2 } });
  });

  it.each<[string, unknown, unknown]>([
    ['JSON as text', '{"known":false}', { json: { known: false } }],
    ['text that is no JSON', '<html>', { fault: 'not_json' }],
    ['nothing', undefined, { fault: 'not_json' }],
    ['null', null, { json: null }],
  ])('may be %s', async (_what, body, read) => {
    const result = callAgent();
    const [fetched] = (await one.poll()) as [PolledCall];
    await reply(one, fetched, { status: 200, body });
    expect(await result).toMatchObject({ body: read });
  });

  it('may say when to come back, whatever the case of the header', async () => {
    const result = callAgent();
    const [fetched] = (await one.poll()) as [PolledCall];
    await one.replies.take(VENDOR, fetched.callId, { status: 429, headers: { 'Retry-After': '7' } }, undefined);
    expect(await result).toMatchObject({ status: 429, retryAfterSeconds: 7 });
  });
});

describe('a poll', () => {
  it('ends empty when its wait is over', async () => {
    expect(await one.poll({ waitMs: 30 })).toEqual([]);
  });

  it('ends empty at shutdown', async () => {
    const polled = one.poll();
    one.lifecycle.beginShutdown();
    expect(await polled).toEqual([]);
  });

  it('ends empty when the credentials of its vendor change, not those of another', async () => {
    const polls = [one.poll(), one.poll({ vendorId: 'vendor-2', waitMs: 200 })];
    await until(async () => (await worker.polling.read())?.length === 2);
    one.calls.endPolls(VENDOR);
    expect(await Promise.race(polls.map(async (poll, i) => [i, await poll]))).toEqual([0, []]);
    await Promise.all(polls);
  });

  it('is refused while Redis is away, and one that waits ends then', async () => {
    const polled = one.poll();
    await until(async () => (await worker.polling.read())?.length === 1);
    one.subscriber.disconnect(true);
    await expect(polled).rejects.toMatchObject({ code: 'unavailable' });
    await until(() => one.signals.connected);
    expect(await one.poll({ waitMs: 0 })).toEqual([]);
    one.redis.disconnect();
    await expect(one.poll({ waitMs: 0 })).rejects.toMatchObject({ code: 'unavailable' });
  });
});

function stored() {
  return {
    path: '/sync/order-status',
    body: '{}',
    correlationId: 'c-1',
    deadline: Date.now() + 5_000,
    secretVersion: 1,
    signWithPrevious: false,
  };
}
