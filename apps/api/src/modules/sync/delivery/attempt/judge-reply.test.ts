import * as fc from 'fast-check';
import type { CallResult, ReplyBody } from '../../agents/transport/agent-transport';
import { judgeAsked, judgeFailure, judgeSent } from './judge-reply';

const replied = (status: number, body: ReplyBody = { json: {} }, retryAfterSeconds?: number): CallResult => ({
  kind: 'replied',
  status,
  retryAfterSeconds,
  body,
});
const json = (status: number, body: unknown) => replied(status, { json: body });
const sent = (result: CallResult) => judgeSent('create_order', result);
const asked = (result: CallResult, idempotentOrders = false) => judgeAsked(result, idempotentOrders);

describe('what an agent says to an order', () => {
  it('is awaited when it only accepts', () => expect(sent(json(202, { accepted: true }))).toEqual({ do: 'await_callback' }));

  it('completes it, with the reference and what it said besides', () =>
    expect(sent(json(200, { status: 'completed', erpReference: 'SO-1', metadata: { a: 1 } }))).toEqual({
      do: 'complete',
      erpReference: 'SO-1',
      metadata: { a: 1 },
    }));

  it('completes a cancellation without a reference, but no creation', () => {
    const done = json(200, { status: 'completed' });
    expect(judgeSent('cancel_order', done)).toEqual({ do: 'complete', erpReference: null, metadata: null });
    expect(sent(done)).toMatchObject({ do: 'retry', fault: 'reply_unreadable', mustAsk: true });
  });

  it('leads to another try when it failed for now, and to none when it failed for good; both are certain', () => {
    expect(sent(json(200, { status: 'failed', error: 'closed', retryable: true }))).toEqual({
      do: 'retry',
      fault: 'erp_failed',
      message: 'closed',
      mustAsk: false,
    });
    expect(sent(json(200, { status: 'failed', error: 'unknown customer', retryable: false }))).toEqual({
      do: 'dead_letter',
      code: 'failed_for_good',
      fault: 'erp_failed',
      message: 'unknown customer',
      mustAsk: false,
    });
  });

  it.each<[string, CallResult, object]>([
    ['429 with Retry-After', replied(429, undefined, 7), { do: 'wait', fault: 'told_to_wait', seconds: 7 }],
    ['429 without', replied(429), { do: 'wait', fault: 'told_to_wait', seconds: 60 }],
    ['429 with Retry-After of nothing', replied(429, undefined, 0), { do: 'wait', fault: 'told_to_wait', seconds: 0 }],
    ['503 with Retry-After', replied(503, undefined, 9), { do: 'wait', fault: 'told_to_wait', seconds: 9 }],
    ['503 without', replied(503), { do: 'retry', fault: 'server_error', mustAsk: true }],
    ['401', replied(401), { do: 'hold_vendor', fault: 'unauthorized' }],
    ['403', replied(403), { do: 'hold_vendor', fault: 'unauthorized' }],
    ['408', replied(408), { do: 'retry', fault: 'try_again_status', mustAsk: false }],
    ['425', replied(425), { do: 'retry', fault: 'try_again_status', mustAsk: false }],
    ['302', replied(302), { do: 'retry', fault: 'redirect', mustAsk: true }],
    ['304', replied(304), { do: 'retry', fault: 'redirect', mustAsk: true }],
    ['500', replied(500), { do: 'retry', fault: 'server_error', mustAsk: true }],
    ['501', replied(501), { do: 'retry', fault: 'server_error', mustAsk: true }],
    ['599', replied(599), { do: 'retry', fault: 'server_error', mustAsk: true }],
    ['200 that is no JSON', replied(200, { fault: 'not_json' }), { do: 'retry', fault: 'reply_unreadable', mustAsk: true }],
    ['200 over 10 MB', replied(200, { fault: 'too_large' }), { do: 'retry', fault: 'reply_too_large', mustAsk: true }],
    ['200 of another shape', json(200, { done: true }), { do: 'retry', fault: 'reply_unreadable', mustAsk: true }],
    ['202 of another shape', json(202, {}), { do: 'retry', fault: 'reply_unreadable', mustAsk: true }],
    ['204', replied(204, { fault: 'not_json' }), { do: 'retry', fault: 'reply_unreadable', mustAsk: true }],
    ['no time', { kind: 'ambiguous', code: 'timeout', message: 'm' }, { do: 'retry', fault: 'timeout', mustAsk: true }],
    ['a lost connection', { kind: 'ambiguous', code: 'connection_lost', message: 'm' }, { fault: 'connection_lost', mustAsk: true }],
    ['a cut at shutdown', { kind: 'ambiguous', code: 'cut_at_shutdown', message: 'm' }, { fault: 'cut_at_shutdown', mustAsk: true }],
    ['a refused connection', { kind: 'not_sent', code: 'connect_failed', message: 'm' }, { fault: 'connect_failed', mustAsk: false }],
    ['an unknown host', { kind: 'not_sent', code: 'unresolved', message: 'm' }, { fault: 'unresolved', mustAsk: false }],
    ['a cut before it went out', { kind: 'not_sent', code: 'cut_at_shutdown', message: 'm' }, { do: 'wait', seconds: 0 }],
    ['no poll in time', { kind: 'not_sent', code: 'not_fetched', message: 'm' }, { do: 'wait', fault: 'not_fetched', seconds: 0 }],
  ])('%s', (_what, result, decision) => expect(sent(result)).toMatchObject(decision));

  it.each([400, 402, 404, 405, 406, 407, 409, 410, 413, 415, 422, 451, 499])('%i is a dead letter at once', (status) =>
    expect(sent(replied(status))).toMatchObject({ do: 'dead_letter', code: 'rejected', fault: 'rejected', mustAsk: false }),
  );

  it('is shown to the people who read the dead letter, in one to three hundred characters and whole ones', () => {
    const messageOf = (body: unknown) => (sent(json(422, body)) as { message: string }).message;
    expect(messageOf({ detail: 'no such customer', error: 'x' })).toBe('The agent answered 422: no such customer');
    expect(messageOf({ error: 'a\0b' })).toBe('The agent answered 422: ab');
    expect(messageOf({ message: 'm' })).toBe('The agent answered 422: m');
    expect(messageOf({ error: 7 })).toBe('The agent answered 422');
    expect(messageOf(null)).toBe('The agent answered 422');
    const long = messageOf({ error: '🍣'.repeat(400) });
    expect(Array.from(long.replace('The agent answered 422: ', ''))).toEqual(Array.from({ length: 300 }, () => '🍣'));
  });
});

describe('what an agent says to the question what became of an order', () => {
  it('sends it when the agent does not know it', () => expect(asked(json(200, { known: false }))).toEqual({ do: 'send' }));

  it('waits for the callback of one that it has accepted', () =>
    expect(asked(json(200, { known: true, status: 'accepted' }))).toEqual({ do: 'await_callback' }));

  it('completes one that is done', () =>
    expect(asked(json(200, { known: true, status: 'completed', erpReference: 'SO-1' }))).toEqual({
      do: 'complete',
      erpReference: 'SO-1',
      metadata: null,
    }));

  it('takes a failure as the outcome, for now or for good', () => {
    const failure = { known: true, status: 'failed', error: 'closed' };
    expect(asked(json(200, { ...failure, retryable: true }))).toMatchObject({ do: 'retry', fault: 'erp_failed', mustAsk: false });
    for (const forGood of [failure, { ...failure, retryable: false }])
      expect(asked(json(200, forGood))).toMatchObject({ do: 'dead_letter', code: 'failed_for_good' });
  });

  it.each([404, 405, 501])('%i says that it cannot be asked: sent again only where the ERP recognises jobs', (status) => {
    expect(asked(replied(status), true)).toEqual({ do: 'send' });
    expect(asked(replied(status))).toMatchObject({ do: 'dead_letter', code: 'outcome_unknown', fault: 'cannot_ask', mustAsk: undefined });
  });

  it.each([400, 409, 410, 422])('%i leaves it unknown: a person decides, whatever the ERP recognises', (status) => {
    for (const idempotent of [false, true]) {
      expect(asked(replied(status), idempotent)).toMatchObject({ do: 'dead_letter', code: 'outcome_unknown', mustAsk: undefined });
    }
  });

  it.each<[string, CallResult, object]>([
    ['429', replied(429), { do: 'wait', seconds: 60 }],
    ['503 with Retry-After', replied(503, undefined, 3), { do: 'wait', seconds: 3 }],
    ['401', replied(401), { do: 'hold_vendor' }],
    ['403', replied(403), { do: 'hold_vendor' }],
    ['408', replied(408), { do: 'retry', fault: 'try_again_status' }],
    ['425', replied(425), { do: 'retry', fault: 'try_again_status' }],
    ['307', replied(307), { do: 'retry', fault: 'redirect' }],
    ['500', replied(500), { do: 'retry', fault: 'server_error' }],
    ['503 without Retry-After', replied(503), { do: 'retry', fault: 'server_error' }],
    ['200 that is no JSON', replied(200, { fault: 'not_json' }), { do: 'retry', fault: 'reply_unreadable' }],
    ['200 over 10 MB', replied(200, { fault: 'too_large' }), { do: 'retry', fault: 'reply_too_large' }],
    ['200 of another shape', json(200, { known: 'yes' }), { do: 'retry', fault: 'reply_unreadable' }],
    ['202 with an answer', json(202, { known: false }), { do: 'retry', fault: 'reply_unreadable' }],
    ['no time', { kind: 'ambiguous', code: 'timeout', message: 'm' }, { do: 'retry', fault: 'timeout' }],
    ['a refused connection', { kind: 'not_sent', code: 'connect_failed', message: 'm' }, { do: 'retry', fault: 'connect_failed' }],
  ])('%s', (_what, result, decision) => expect(asked(result)).toMatchObject(decision));

  it('never makes known what is not: only an answer takes the mark "ask first" away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 599 }),
        fc.option(fc.nat(3_600), { nil: undefined }),
        fc.boolean(),
        (status, after, known) => {
          const decision = asked(replied(status, { json: { nothing: true } }, after), known);
          if (decision.do === 'send') expect([404, 405, 501]).toContain(status);
          else if ('mustAsk' in decision) expect(decision.mustAsk).toBeUndefined();
          expect(decision.do).not.toMatch(/complete|await/);
        },
      ),
    );
  });
});

it('gives a failure without a word a reason that people can read', () =>
  expect(judgeFailure('', true).message).toBe('The ERP could not do it, and did not say why'));
