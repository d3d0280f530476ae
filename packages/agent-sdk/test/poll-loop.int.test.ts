import { randomUUID } from 'node:crypto';
import { pollCalls, replyToCall, type PolledCall } from '@repo/contracts/operations/poll-operations';
import type { AgentHandler } from '../src/answer/agent-handler';
import { CallAnswerer } from '../src/answer/answer-call';
import { PollLoop, type PollLoopOptions } from '../src/answer/poll-loop';
import { HubClock } from '../src/clock/hub-clock';
import { callOf, createOf, CURRENT, FOREIGN, type CallOptions } from './support/calls';
import { eventually } from './support/eventually';
import { ok, problem, type Said } from './support/fake-hub';
import { useHub } from './support/use-hub';

const use = useHub();
const clock = new HubClock({ trustOwnClock: true });
let loop: PollLoop;
let errors: unknown[];
let offered: PolledCall[];
let polls: { max: number; waiting: boolean }[];
/** How polls and replies are answered first. */
let refusals: Said[];
let replyRefusals: Said[];
let handler: Partial<AgentHandler>;
let releases: (() => void)[];

beforeEach(() => {
  [errors, offered, polls, refusals, replyRefusals, releases] = [[], [], [], [], [], []];
  handler = { createOrder: ({ orderNumber }) => Promise.resolve({ status: 'completed', erpReference: `ERP-${orderNumber}` }) };
  use.hub.on(pollCalls, async ({ body }) => {
    const { max } = body as { max: number };
    const poll = { max, waiting: true };
    polls.push(poll);
    const refusal = refusals.shift();
    if (refusal !== undefined) return refusal;
    await new Promise<void>((resolve) => releases.push(resolve));
    poll.waiting = false;
    return ok({ calls: offered.splice(0, max) });
  });
  use.hub.on(replyToCall, () => replyRefusals.shift() ?? { status: 204 });
});
afterEach(async () => {
  const stopped = loop.stop({ withinMs: 0 });
  release();
  await stopped;
});

const release = () => releases.splice(0).forEach((go) => go());
const polling = () => eventually('a poll', () => releases.length > 0);
const replies = () =>
  use.hub.of(replyToCall).map(({ params, body }) => ({ callId: params['callId'], ...(body as { status: number; body: unknown }) }));

function start(options: Partial<PollLoopOptions> = {}): void {
  const answerer = new CallAnswerer({ handler, secrets: () => [CURRENT], clock });
  const pauses = { baseMs: 1, maxMs: 2 };
  loop = new PollLoop({ client: use.client, answerer, clock, onError: (error) => errors.push(error), pauses, ...options });
  loop.start();
}

/** Puts a call where the next poll finds it. */
function offer(n: number, options?: CallOptions): string {
  const callId = randomUUID();
  const { path, headers, body } = callOf('/sync/create-order', createOf(n), options);
  offered.push({ callId, path, headers, body, deadlineAt: headers['x-deadline'] as string });
  return callId;
}

/** Hands what was offered to the poll that waits. */
async function handOut(): Promise<void> {
  await polling();
  release();
}

/** A handler that works until it is let go. */
function slowHandler() {
  const working: (() => void)[] = [];
  handler = {
    createOrder: async ({ orderNumber }) => {
      await new Promise<void>((resolve) => working.push(resolve));
      return { status: 'completed', erpReference: orderNumber };
    },
  };
  return working;
}

it('fetches calls, has them done, and replies', async () => {
  start();
  const [first, second, foreign] = [offer(1), offer(2), offer(3, { signedWith: [FOREIGN] })];
  await handOut();
  await eventually('three replies', () => replies().length === 3);
  expect(replies()).toEqual(
    expect.arrayContaining([
      {
        callId: first,
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: { status: 'completed', erpReference: 'ERP-SO-1' },
      },
      expect.objectContaining({ callId: second, status: 200 }),
      expect.objectContaining({ callId: foreign, status: 401 }),
    ]),
  );
  await polling();
  expect(errors).toEqual([]);
});

it('fetches no more than it can work off at once', async () => {
  const working = slowHandler();
  start({ concurrency: 3 });
  for (let n = 1; n <= 5; n += 1) offer(n);
  await handOut();
  await eventually('three at work', () => working.length === 3);
  expect(polls).toEqual([{ max: 3, waiting: false }]);
  working.shift()?.();
  await handOut();
  await eventually('the fourth', () => working.length === 3);
  expect(polls.map(({ max }) => max)).toEqual([3, 1]);
  await eventually('all replies', () => {
    working.splice(0).forEach((go) => go());
    release();
    return replies().length === 5;
  });
  expect(Math.max(...polls.map(({ max }) => max))).toBe(3);
});

it('goes on after failures, and not in a spin', async () => {
  refusals = [
    problem(503, 'unavailable', { headers: { 'retry-after': '1' } }),
    'drop',
    problem(403, 'agent_disabled'),
    { status: 200, text: '<html>' },
  ];
  const began = performance.now();
  start({ pauses: { baseMs: 20, maxMs: 20 }, random: () => 1 });
  await polling();
  expect(performance.now() - began).toBeGreaterThan(1_000 + 4 * 20 - 10);
  expect(errors).toMatchObject([{ kind: 'unavailable' }, { kind: 'unreachable' }, { kind: 'refused' }, { kind: 'bad_reply' }]);
});

it('does not ask a hub in a spin that ends its polls at once', async () => {
  refusals = Array.from({ length: 5 }, () => ok({ calls: [] }));
  const began = performance.now();
  start({ pauses: { baseMs: 30, maxMs: 30 }, random: () => 1 });
  await polling();
  expect(performance.now() - began).toBeGreaterThan(5 * 30 - 10);
  expect(errors).toEqual([]);
});

it('repeats a reply until it is taken', async () => {
  replyRefusals = ['drop', problem(503, 'unavailable'), problem(429, 'rate_limited')];
  start({ random: () => 0.01 });
  const callId = offer(1);
  await handOut();
  await eventually('the last', () => replies().length === 4);
  expect(new Set(replies().map((reply) => reply.callId))).toEqual(new Set([callId]));
  expect(errors).toEqual([]);
});

it('gives a reply up when the deadline of its call is over, or when nobody wants it', async () => {
  replyRefusals = [problem(410, 'expired'), ...Array.from({ length: 100 }, () => problem(503, 'unavailable'))];
  start({ random: () => 0.1 });
  offer(1);
  await handOut();
  await eventually('the first', () => errors.length === 1);
  offer(2, { deadlineMs: 150 });
  await handOut();
  await eventually('the second', () => errors.length === 2);
  expect(errors).toMatchObject([{ code: 'expired' }, { kind: 'unavailable' }]);
});

it('does not start what it fetched too late', async () => {
  const working = slowHandler();
  start();
  offer(1, { deadlineMs: -1 });
  await handOut();
  await eventually('the reply', () => replies().length === 1);
  expect(replies()).toMatchObject([{ status: 503 }]);
  expect(working).toEqual([]);
});

describe('when it stops', () => {
  it('ends its poll at once, finishes what is under way, and replies', async () => {
    const working = slowHandler();
    start();
    const callId = offer(1);
    await handOut();
    await eventually('the work', () => working.length === 1);
    await polling();
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stopped).toBe(false);
    working.forEach((go) => go());
    await stopping;
    expect(replies()).toMatchObject([{ callId, status: 200 }]);
    expect(errors).toEqual([]);
    const { length } = polls;
    loop.start();
    await eventually('polls again', () => polls.length > length);
  });

  it('waits no longer than it is told to', async () => {
    slowHandler();
    start();
    offer(1);
    await handOut();
    await polling();
    await loop.stop({ withinMs: 10 });
    expect(replies()).toEqual([]);
    expect(errors).toMatchObject([{ message: 'the agent ends' }]);
  });
});
