import type { CallContext } from '../src/answer/agent-handler';
import { RefuseOrder, RetryLater } from '../src/answer/answer-errors';
import { HubError, type HubFailure } from '../src/client/hub-error';
import type { Callback } from '../src/client/hub-client';
import type { ErpOutcome } from '../src/orders/erp-orders';
import { ExactlyOnceOrders, type ExactlyOnceOptions } from '../src/orders/exactly-once-orders';
import { MemoryLedger } from '../src/orders/memory-ledger';
import { createOf, jobOf, uuid } from './support/calls';
import { eventually } from './support/eventually';

const DONE: ErpOutcome = { status: 'completed', erpReference: 'ERP-1' };
let ledger: MemoryLedger;
let orders: ExactlyOnceOrders;
let created: string[];
let cancelled: (string | null)[];
let callbacks: Callback[];
let errors: unknown[];
/** What the ERP does; in turn, and then well. */
let outcomes: (ErpOutcome | Error | Promise<ErpOutcome>)[];
let found: (ErpOutcome | Error | undefined)[];
let callbackFailures: HubFailure[];
let now: number;

beforeEach(() => {
  ledger = new MemoryLedger();
  [created, cancelled, callbacks, errors, outcomes, found, callbackFailures, now] = [[], [], [], [], [], [], [], 1_000_000];
});
afterEach(() => orders.stop({ withinMs: 0 }));

async function next<T>(list: (T | Error | Promise<T>)[], otherwise: T): Promise<T> {
  const one = list.length > 0 ? await (list.shift() as T | Error | Promise<T>) : otherwise;
  if (one instanceof Error) throw one;
  return one;
}

function start(options: Partial<ExactlyOnceOptions> = {}): void {
  orders = new ExactlyOnceOrders({
    ledger,
    erp: {
      createOrder: (order) => {
        created.push(order.orderNumber);
        return next(outcomes, DONE);
      },
      cancelOrder: ({ erpReference }) => {
        cancelled.push(erpReference);
        return next(outcomes, { status: 'completed', erpReference: null });
      },
      findOrder: () => next<ErpOutcome | undefined>(found, undefined),
    },
    client: {
      callback: (callback) => {
        const failure = callbackFailures.shift();
        callbacks.push(callback);
        if (failure !== undefined) return Promise.reject(new HubError(failure, { operation: 'agentCallback', correlationId: 'c' }));
        return Promise.resolve({ jobId: callback.jobId, status: 'completed' });
      },
    },
    onError: (error) => errors.push(error),
    inFlightMs: 0,
    followEveryMs: 2,
    callbackPauses: { baseMs: 1, maxMs: 2 },
    now: () => now,
    ...options,
  });
  orders.start();
}

/** So much of it is left, by a clock that stands still unless it is told otherwise. */
function within(leftMs: number): CallContext {
  return { correlationId: 'c', deadline: undefined, leftMs: () => leftMs, signal: new AbortController().signal };
}
const create = (n = 1, attempt = 1, leftMs = 30_000) => orders.createOrder(createOf(n, attempt), within(leftMs));
const cancel = (n = 1, attempt = 1) =>
  orders.cancelOrder({ ...jobOf(n), jobId: uuid(n + 500), erpReference: 'ERP-1', attempt }, within(30_000));
const status = (n = 1) => orders.orderStatus(jobOf(n));
/** Something that is let go later. */
function held<T>() {
  let go!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (go = resolve));
  return { promise, go };
}
const ACCEPTED = { accepted: true };
const FAILED: ErpOutcome = { status: 'failed', error: 'locked', retryable: true };

it('creates an order, and knows it from then on, however often it is sent', async () => {
  start();
  expect(await status()).toEqual({ known: false });
  for (const attempt of [1, 1, 2]) expect(await create(1, attempt)).toEqual({ status: 'completed', erpReference: 'ERP-1' });
  expect(await status()).toEqual({ known: true, status: 'completed', erpReference: 'ERP-1' });
  expect(created).toEqual(['SO-1']);
  expect(callbacks).toEqual([]);
});

it('is in the ledger before anything is begun', async () => {
  const { promise, go } = held<ErpOutcome>();
  outcomes = [promise];
  start();
  const answer = create();
  await eventually('the creation', () => created.length === 1);
  expect(await status()).toEqual({ known: true, status: 'accepted' });
  expect(await ledger.unfinished()).toMatchObject([{ jobId: uuid(1), attempt: 1 }]);
  go(DONE);
  expect(await answer).toMatchObject({ status: 'completed' });
});

it('begins a job once when it is sent twice at once', async () => {
  start();
  expect(await Promise.all([create(), create(), create(1, 2)])).toEqual(
    Array.from({ length: 3 }, () => ({ status: 'completed', erpReference: 'ERP-1' })),
  );
  expect(created).toHaveLength(1);
});

it('works on one job of an order at a time, and on other orders meanwhile', async () => {
  const { promise, go } = held<ErpOutcome>();
  outcomes = [promise];
  start();
  const first = create(1);
  await eventually('the creation', () => created.length === 1);
  const second = cancel(1);
  expect(await create(2)).toMatchObject({ status: 'completed' });
  expect(cancelled).toEqual([]);
  go(DONE);
  await Promise.all([first, second]);
  expect(cancelled).toEqual(['ERP-1']);
});

describe('a failure', () => {
  it('is told again for the same try, and tried again in the next', async () => {
    outcomes = [FAILED];
    start();
    for (const attempt of [1, 1]) expect(await create(1, attempt)).toEqual(FAILED);
    expect(await status()).toEqual({ known: true, ...FAILED });
    expect(created).toHaveLength(1);
    expect(await create(1, 2)).toMatchObject({ status: 'completed' });
    expect(created).toHaveLength(2);
  });

  it('is for good when the ERP refuses, unless a person sends it again', async () => {
    outcomes = [new RefuseOrder('customer C-1 is blocked')];
    start();
    const refused = { status: 'failed', error: 'customer C-1 is blocked', retryable: false };
    expect(await create()).toEqual(refused);
    expect(await create()).toEqual(refused);
    expect(await create(1, 2)).toMatchObject({ status: 'completed' });
  });

  it('is none when the ERP is busy: the job is as if it had never been sent', async () => {
    outcomes = [new RetryLater(7)];
    start();
    await expect(create()).rejects.toThrow(RetryLater);
    expect(await status()).toEqual({ known: false });
    expect(await create()).toMatchObject({ status: 'completed' });
  });

  it('that leaves open what was done is looked up, and told by callback', async () => {
    outcomes = [new Error('connection lost')];
    found = [new Error('away'), undefined];
    start({ inFlightMs: 100 });
    expect(await create()).toEqual(ACCEPTED);
    expect(await status()).toEqual({ known: true, status: 'accepted' });
    found.push(DONE);
    await eventually('the callback', () => callbacks.length === 1);
    expect(callbacks).toEqual([{ jobId: uuid(1), attempt: 1, status: 'completed', erpReference: 'ERP-1' }]);
    expect(created).toHaveLength(1);
  });

  it('of what is certainly not there is told by callback, and not begun anew without the hub', async () => {
    outcomes = [new Error('connection lost')];
    start({ inFlightMs: 100 });
    expect(await create()).toEqual(ACCEPTED);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(callbacks).toEqual([]);
    now += 100;
    await eventually('the callback', () => callbacks.length === 1);
    expect(callbacks).toMatchObject([{ jobId: uuid(1), attempt: 1, status: 'failed', retryable: true }]);
    expect(created).toHaveLength(1);
    expect(await create(1, 2)).toMatchObject({ status: 'completed' });
  });
});

describe('the deadline', () => {
  it('stops what waited in a queue', async () => {
    const { promise, go } = held<ErpOutcome>();
    outcomes = [promise];
    start();
    const first = create();
    await eventually('the creation', () => created.length === 1);
    let leftMs = 60;
    const late = orders.cancelOrder({ ...jobOf(1), jobId: uuid(501), attempt: 1 }, { ...within(0), leftMs: () => leftMs });
    await expect(late).rejects.toThrow('too late');
    leftMs = 0;
    go(DONE);
    await first;
    await eventually('the end', async () => (await ledger.get(uuid(501))) === undefined);
    expect(cancelled).toEqual([]);
  });

  it('stops what was only written down in time', async () => {
    let leftMs = 60_000;
    start();
    const accept = ledger.accept.bind(ledger);
    ledger.accept = async (job) => {
      await accept(job);
      leftMs = 0;
    };
    await expect(orders.createOrder(createOf(1), { ...within(0), leftMs: () => leftMs })).rejects.toThrow('too late');
    expect(created).toEqual([]);
    expect(await status()).toEqual({ known: false });
  });

  it('is not waited for: what takes long is accepted, and told by callback', async () => {
    const { promise, go } = held<ErpOutcome>();
    outcomes = [promise];
    start({ marginMs: 5_000 });
    expect(await create(1, 1, 40)).toEqual(ACCEPTED);
    go(FAILED);
    await eventually('the callback', () => callbacks.length === 1);
    expect(callbacks).toEqual([{ jobId: uuid(1), attempt: 1, ...FAILED }]);
  });

  it('leaves time to write down what is begun, up to its end', async () => {
    const { promise, go } = held<ErpOutcome>();
    outcomes = [promise];
    start();
    const accept = ledger.accept.bind(ledger);
    const written = held<void>();
    ledger.accept = async (job) => {
      await written.promise;
      await accept(job);
    };
    const answer = create(1, 1, 10_000_000);
    const short = create(1, 1, 40);
    await expect(short).rejects.toThrow('too late');
    const begun = create(1, 1, 300);
    setTimeout(written.go, 170);
    expect(await begun).toEqual(ACCEPTED);
    go(DONE);
    expect(await answer).toMatchObject({ status: 'completed' });
  });

  it('withdraws nothing that the hub was told of', async () => {
    const { promise, go } = held<ErpOutcome>();
    outcomes = [promise.then(() => Promise.reject(new RetryLater(7, 'busy')))];
    start();
    const answer = create();
    await eventually('the creation', () => created.length === 1);
    expect(await status()).toEqual({ known: true, status: 'accepted' });
    go(DONE);
    expect(await answer).toEqual({ status: 'failed', error: 'busy', retryable: true });
    await eventually('the callback', () => callbacks.length === 1);
  });
});

describe('what the ERP does later', () => {
  it('is asked after until it is done', async () => {
    outcomes = [{ status: 'accepted' }];
    found = [{ status: 'accepted' }, { status: 'accepted' }, { ...DONE, metadata: { depot: 'Sète' } }];
    start();
    expect(await create()).toEqual(ACCEPTED);
    await eventually('the callback', () => callbacks.length === 1);
    expect(callbacks).toMatchObject([{ status: 'completed', erpReference: 'ERP-1', metadata: { depot: 'Sète' } }]);
  });

  it('may be told', async () => {
    outcomes = [{ status: 'accepted' }];
    start();
    expect(await cancel()).toEqual(ACCEPTED);
    now += 1_000_000;
    await new Promise((resolve) => setTimeout(resolve, 15));
    expect(callbacks).toEqual([]);
    expect(await orders.settle(uuid(501), { status: 'completed', erpReference: null })).toBe(true);
    expect(await orders.settle(uuid(501), { status: 'completed', erpReference: null })).toBe(false);
    expect(await orders.settle(uuid(502), { status: 'completed', erpReference: null })).toBe(false);
    await eventually('the callback', () => callbacks.length === 1);
    expect(callbacks).toEqual([{ jobId: uuid(501), attempt: 1, status: 'completed' }]);
  });
});

it('looks an order up that another machine may have been sent, or that a lost ledger knew', async () => {
  found = [DONE, new Error('away'), undefined];
  start({ followEveryMs: 60_000 });
  expect(await create(1, 2)).toMatchObject({ status: 'completed', erpReference: 'ERP-1' });
  await expect(create(2, 2)).rejects.toThrow(RetryLater);
  expect(created).toEqual([]);
  expect(await create(2, 3)).toMatchObject({ status: 'completed' });
  expect(created).toEqual(['SO-2']);
});

it('sends a cancellation again that was cut off', async () => {
  outcomes = [new Error('connection lost')];
  start();
  expect(await cancel()).toEqual(ACCEPTED);
  await eventually('the callback', () => callbacks.length === 1);
  expect(callbacks).toMatchObject([{ jobId: uuid(501), status: 'failed', retryable: true }]);
  expect(await cancel(1, 2)).toEqual({ status: 'completed' });
  expect(cancelled).toHaveLength(2);
});

it('makes of every order something that the hub can read', async () => {
  outcomes = [
    { status: 'completed', erpReference: null },
    { status: 'completed', erpReference: 'é'.repeat(300), metadata: { x: 'x'.repeat(20_000) } },
    { status: 'failed', error: `a\0${'b'.repeat(9_000)}`, retryable: false },
  ];
  start();
  expect(await create(1)).toEqual({ status: 'completed', erpReference: 'SO-1' });
  expect(await create(2)).toEqual({ status: 'completed', erpReference: 'é'.repeat(255) });
  expect(await create(3)).toEqual({ status: 'failed', error: `a\ufffd${'b'.repeat(1_998)}`, retryable: false });
});

describe('callbacks', () => {
  const owe = async (n: number) => {
    const { jobId, orderId, orderNumber } = jobOf(n);
    await ledger.accept({ jobId, orderId, orderNumber, operation: 'create_order', attempt: 1, acceptedAt: now });
    await ledger.complete(jobId, { erpReference: `ERP-${n}`, metadata: null }, { attempt: 1, callbackOwed: true });
  };

  it('are sent until the hub has taken them, across restarts', async () => {
    await owe(1);
    await owe(2);
    callbackFailures = [
      { kind: 'unreachable', reason: 'x', mayBeDone: true },
      { kind: 'refused', status: 401, code: 'unauthorized', detail: '', errors: [] },
      { kind: 'rate_limited', status: 429, retryAfterMs: undefined },
    ];
    start();
    await eventually('all of them', async () => (await ledger.owed()).length === 0);
    expect(callbacks.map(({ jobId }) => jobId)).toEqual([uuid(1), uuid(1), uuid(1), uuid(1), uuid(2)]);
    expect(errors).toHaveLength(3);
  });

  it('that the hub will never want are not sent again, and do not hold up others', async () => {
    await owe(1);
    await owe(2);
    callbackFailures = [{ kind: 'refused', status: 404, code: 'not_found', detail: '', errors: [] }];
    start();
    await eventually('all of them', async () => (await ledger.owed()).length === 0);
    expect(callbacks.map(({ jobId }) => jobId)).toEqual([uuid(1), uuid(2)]);
    expect(errors).toMatchObject([{ code: 'not_found' }]);
  });
});

it('ends when what is under way has ended, and cuts it when it may not take longer', async () => {
  const { promise, go } = held<ErpOutcome>();
  outcomes = [promise];
  start();
  const answer = create();
  await eventually('the creation', () => created.length === 1);
  let ended = false;
  const stopping = orders.stop().then(() => (ended = true));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(ended).toBe(false);
  go(DONE);
  await stopping;
  expect(await answer).toMatchObject({ status: 'completed' });
});
