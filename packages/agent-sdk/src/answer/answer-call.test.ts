import { callOf, createOf, CURRENT, FOREIGN, jobOf, PREVIOUS, type CallOptions } from '../../test/support/calls';
import { HubClock } from '../clock/hub-clock';
import { joinHandlers, type AgentHandler, type CallContext } from './agent-handler';
import { CallAnswerer, type AnsweringParts, type CallTrouble } from './answer-call';
import { RefuseOrder, RetryLater } from './answer-errors';

const CREATE = '/sync/create-order';
const COMPLETED = { status: 'completed' as const, erpReference: 'SO-1' };
let done: string[];
let troubles: CallTrouble[];
let handler: Partial<AgentHandler>;
let context: CallContext | undefined;

beforeEach(() => {
  done = [];
  troubles = [];
  handler = {
    createOrder: ({ orderNumber }, given) => {
      done.push(orderNumber);
      context = given;
      return Promise.resolve(COMPLETED);
    },
  };
});

const answererOf = (more: Partial<AnsweringParts> = {}) =>
  new CallAnswerer({
    handler,
    secrets: () => [CURRENT, PREVIOUS],
    clock: new HubClock({ trustOwnClock: true }),
    onTrouble: (trouble) => troubles.push(trouble),
    ...more,
  });
const ask = async (path: string, body: unknown, options?: CallOptions) => {
  const { body: text, ...answer } = await answererOf().answerCall(callOf(path, body, options));
  return { ...answer, json: JSON.parse(text ?? 'null') as unknown };
};

it('does what the hub asks, and knows how long it may take', async () => {
  expect(await ask(CREATE, createOf(1))).toEqual({ status: 200, headers: { 'content-type': 'application/json' }, json: COMPLETED });
  expect(done).toEqual(['SO-1']);
  expect(context).toMatchObject({ correlationId: 'correlation-1' });
  expect(context?.leftMs()).toBeGreaterThan(25_000);
  expect(context?.leftMs()).toBeLessThanOrEqual(30_000);
});

it('answers 202 to what follows by callback', async () => {
  handler.createOrder = () => Promise.resolve({ accepted: true });
  expect(await ask(CREATE, createOf(1))).toMatchObject({ status: 202, json: { accepted: true } });
});

describe('a call is trusted', () => {
  it.each([
    ['with the current secrets', {}],
    ['with those before them', { signedWith: [PREVIOUS] }],
    ['with both, and a token that is not known yet', { signedWith: [FOREIGN, PREVIOUS], token: 'out_newer' }],
    ['as bytes', { bytes: true }],
  ])('%s', async (_, { bytes, ...options }: CallOptions & { bytes?: boolean }) => {
    const call = callOf(CREATE, createOf(1), options);
    expect(await answererOf().answerCall({ ...call, body: bytes === true ? Buffer.from(call.body) : call.body })).toMatchObject({
      status: 200,
    });
  });

  it.each<[string, CallOptions, string]>([
    ['with the secrets of somebody else', { signedWith: [FOREIGN] }, 'mismatch'],
    ['with a wrong token', { token: 'out_9' }, 'wrong_token'],
    ['without a token', { headers: { authorization: undefined } }, 'wrong_token'],
    ['without a signature', { headers: { 'webhook-signature': undefined } }, 'missing_header'],
    ['of ten minutes ago', { now: Date.now() - 600_000, deadlineMs: 700_000 }, 'stale'],
  ])('not %s', async (_, options, fault) => {
    expect(await ask(CREATE, createOf(1), options)).toMatchObject({ status: 401 });
    expect(done).toEqual([]);
    expect(troubles).toMatchObject([{ status: 401, error: { fault } }]);
  });

  it('not with another body', async () => {
    const call = callOf(CREATE, createOf(1));
    expect(await answererOf().answerCall({ ...call, body: call.body.replace('SO-1', 'SO-2') })).toMatchObject({ status: 401 });
  });

  it('not by an agent without secrets', async () => {
    expect(await answererOf({ secrets: () => [] }).answerCall(callOf(CREATE, createOf(1)))).toMatchObject({ status: 401 });
  });
});

describe('the deadline', () => {
  it('is judged by the clock of the hub', async () => {
    // Ten minutes behind.
    const read = () => ({ own: Date.now() - 600_000, steady: performance.now() });
    const clock = new HubClock({ read });
    const answerer = answererOf({ clock });
    const call = (deadlineMs: number) => answerer.answerCall(callOf(CREATE, createOf(1), { deadlineMs }));
    expect(await call(30_000)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    clock.learn(read(), Date.now());
    expect(await call(-1)).toMatchObject({ status: 503 });
    expect(done).toEqual([]);
    expect(await call(30_000)).toMatchObject({ status: 200 });
  });

  it.each(['soon', ''])('counts as over when it is %j', async (deadline) => {
    expect(await ask(CREATE, createOf(1), { headers: { 'x-deadline': deadline } })).toMatchObject({ status: 503 });
    expect(done).toEqual([]);
  });

  it('does not hold for questions', async () => {
    handler.orderStatus = () => Promise.resolve({ known: false });
    expect(await ask('/sync/order-status', jobOf(1), { deadlineMs: -1 })).toMatchObject({ status: 200, json: { known: false } });
  });
});

describe('a call that cannot be done', () => {
  it.each<[string, string, unknown, number]>([
    ['is no call', '/sync/delete-everything', {}, 404],
    ['is no path', '', {}, 404],
    ['the handler leaves out', '/sync/digest', { entity: 'items', depth: 0, prefixes: [''] }, 501],
    ['is no JSON', CREATE, '{', 400],
    ['breaks the protocol', CREATE, { ...createOf(1), attempt: 0 }, 400],
  ])('because it %s is answered %s %j %i', async (_, path, body, status) => {
    expect(await ask(path, body)).toMatchObject({ status });
    expect(done).toEqual([]);
  });

  it.each<[unknown, object]>([
    [new RetryLater(7), { status: 503, headers: { 'retry-after': '7' } }],
    [new RetryLater(0.2, 'busy', { status: 429 }), { status: 429, headers: { 'retry-after': '1' } }],
    [new RetryLater(99_999), { headers: { 'retry-after': '3600' } }],
    [
      new RefuseOrder('customer C\0 is blocked\ud800'),
      { status: 200, json: { status: 'failed', error: 'customer C\ufffd is blocked\ufffd', retryable: false } },
    ],
    [new Error('password=secret'), { status: 500, json: { message: 'the agent could not do it' } }],
    ['thrown text', { status: 500 }],
  ])('because of %s', async (thrown, expected) => {
    handler.createOrder = async () => {
      throw await Promise.resolve(thrown);
    };
    expect(await ask(CREATE, createOf(1))).toMatchObject(expected);
    expect(troubles).toMatchObject([{ error: thrown, path: CREATE, correlationId: 'correlation-1' }]);
  });

  it('is a fault of the agent when it is no order that is refused', async () => {
    handler.orderStatus = () => Promise.reject(new RefuseOrder('no'));
    expect(await ask('/sync/order-status', jobOf(1))).toMatchObject({ status: 500 });
  });

  it.each<unknown>([
    undefined,
    {},
    { status: 'completed' },
    { status: 'completed', erpReference: 'x'.repeat(256) },
    { accepted: false },
    { ...COMPLETED, metadata: [] },
  ])('is a fault of the agent when its handler gives %j', async (said) => {
    handler.createOrder = () => Promise.resolve(said as typeof COMPLETED);
    expect(await ask(CREATE, createOf(1))).toMatchObject({ status: 500 });
    expect(troubles).toHaveLength(1);
  });

  it('is one when secrets cannot be had', async () => {
    const answerer = answererOf({ secrets: () => Promise.reject(new Error('no disk')) });
    expect(await answerer.answerCall(callOf(CREATE, createOf(1)))).toMatchObject({ status: 500 });
  });
});

it('joins a handler of orders and one of rows, each with its own state', async () => {
  class Orders {
    private readonly reference = 'SO-1';
    createOrder = jest.fn(() => Promise.resolve({ status: 'completed' as const, erpReference: this.reference }));
    cancelOrder = this.createOrder;
    orderStatus() {
      return Promise.resolve({ known: true as const, status: 'completed' as const, erpReference: this.reference });
    }
  }
  class Rows {
    private readonly node = '1.0000000000000000';
    digest() {
      return Promise.resolve({ nodes: { '': this.node } });
    }
  }
  handler = joinHandlers(new Orders(), new Rows());
  expect(await ask(CREATE, createOf(1))).toMatchObject({ json: COMPLETED });
  expect(await ask('/sync/order-status', jobOf(1))).toMatchObject({ json: { erpReference: 'SO-1' } });
  expect(await ask('/sync/digest', { entity: 'items', depth: 0, prefixes: [''] })).toMatchObject({
    json: { nodes: { '': '1.0000000000000000' } },
  });
  expect(await ask('/sync/keys', { entity: 'items', prefixes: [''] })).toMatchObject({ status: 501 });
});
