import type { AmbiguousCode, CallResult, NotSentCode } from '../../agents/transport/agent-transport';
import { callOutcome } from './call-outcome';
import { judgeAsked, judgeSent } from './judge-reply';

const replied = (status: number, json: unknown = {}, retryAfterSeconds?: number): CallResult => ({
  kind: 'replied',
  status,
  retryAfterSeconds,
  body: { json },
});
const telling = (result: CallResult) => callOutcome(result, judgeSent('create_order', result));
const asking = (result: CallResult) => callOutcome(result, judgeAsked(result, false));

describe.each([
  ['telling', telling],
  ['asking', asking],
])('%s an agent', (_what, outcomeOf) => {
  it.each([408, 425, 300, 301, 302, 307, 308, 500, 502, 503, 504, 599])('counts %i as a failure', (status) =>
    expect(outcomeOf(replied(status))).toBe('failure'),
  );

  it.each<[string, CallResult]>([
    ['too large', { ...replied(200), body: { fault: 'too_large' } } as CallResult],
    ['not JSON', { ...replied(200), body: { fault: 'not_json' } } as CallResult],
    ['not as it should be', replied(200, { made: 'up' })],
  ])('counts a reply that is %s as a failure', (_how, result) => expect(outcomeOf(result)).toBe('failure'));

  it.each<NotSentCode>(['connect_failed', 'connect_timeout', 'unresolved', 'unsafe_address'])('counts %s as a failure', (code) =>
    expect(outcomeOf({ kind: 'not_sent', code, message: '' })).toBe('failure'),
  );

  it.each<AmbiguousCode>(['timeout', 'connection_lost'])('counts %s as a failure', (code) =>
    expect(outcomeOf({ kind: 'ambiguous', code, message: '' })).toBe('failure'),
  );

  it.each<[string, CallResult]>([
    ['429', replied(429)],
    ['429 with Retry-After', replied(429, {}, 5)],
    ['503 with Retry-After', replied(503, {}, 0)],
    ['401', replied(401)],
    ['403', replied(403)],
    ['a call that nobody fetched', { kind: 'not_sent', code: 'not_fetched', message: '' }],
    ['a cut before it was sent', { kind: 'not_sent', code: 'cut_at_shutdown', message: '' }],
    ['a cut afterwards', { kind: 'ambiguous', code: 'cut_at_shutdown', message: '' }],
  ])('does not count %s', (_what, result) => expect(outcomeOf(result)).toBe('uncounted'));

  it.each([400, 404, 405, 409, 410, 422])('counts a refusal with %i as a success', (status) =>
    expect(outcomeOf(replied(status))).toBe('success'),
  );
});

it.each<[string, CallResult]>([
  ['done', replied(200, { status: 'completed', erpReference: 'SO-1' })],
  ['accepted', replied(202, { accepted: true })],
  ['failed, and to be tried again', replied(200, { status: 'failed', error: 'closed', retryable: true })],
  ['failed for good', replied(200, { status: 'failed', error: 'closed', retryable: false })],
])('an order that is %s counts as a success', (_what, result) => expect(telling(result)).toBe('success'));

it.each<[string, CallResult]>([
  ['not known', replied(200, { known: false })],
  ['accepted', replied(200, { known: true, status: 'accepted' })],
  ['completed', replied(200, { known: true, status: 'completed', erpReference: 'SO-1' })],
  ['failed', replied(200, { known: true, status: 'failed', error: 'closed' })],
  ['a question that it does not know', replied(501)],
])('an answer of %s counts as a success', (_what, result) => expect(asking(result)).toBe('success'));

it('an order that is answered 501 counts as a failure', () => expect(telling(replied(501))).toBe('failure'));
