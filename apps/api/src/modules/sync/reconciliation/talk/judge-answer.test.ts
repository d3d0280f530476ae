import type { CallResult } from '../../agents/transport/agent-transport';
import { judgeAnswer, outcomeOf } from './judge-answer';

const replied = (status: number, json: unknown = {}): CallResult => ({
  kind: 'replied',
  status,
  retryAfterSeconds: undefined,
  body: { json },
});
const read = (json: unknown) => (json === 'lie' ? { lie: 'so' } : { json });

it.each<[string, CallResult, object, string]>([
  ['a reply', replied(200, 1), { kind: 'read', value: { json: 1 } }, 'success'],
  ['a lie', replied(200, 'lie'), { kind: 'lie', lie: 'so' }, 'failure'],
  ['what is not JSON', { ...replied(200), body: { fault: 'not_json' } } as CallResult, { kind: 'lie' }, 'failure'],
  ['what is too large', { ...replied(200), body: { fault: 'too_large' } } as CallResult, { kind: 'too_large' }, 'failure'],
  ['another success', replied(202), { kind: 'unreachable', reason: 'redirect' }, 'failure'],
  ['no such call', replied(501), { kind: 'unreachable', reason: 'no_such_call', again: false }, 'success'],
  ['a refusal of the credentials', replied(401), { kind: 'unreachable', reason: 'unauthorized' }, 'uncounted'],
  ['a refusal', replied(422), { kind: 'unreachable', reason: 'rejected' }, 'success'],
  ['a request for time', replied(503), { kind: 'unreachable', reason: 'told_to_wait', again: false }, 'uncounted'],
  ['a breakdown', replied(500), { kind: 'unreachable', reason: 'server_error', again: true }, 'failure'],
  ['silence', { kind: 'ambiguous', code: 'timeout', message: '' }, { kind: 'unreachable', reason: 'timeout', again: false }, 'failure'],
  ['a lost connection', { kind: 'ambiguous', code: 'connection_lost', message: '' }, { reason: 'connection_lost', again: true }, 'failure'],
  ['a call that nobody fetched', { kind: 'not_sent', code: 'not_fetched', message: '' }, { reason: 'not_fetched' }, 'uncounted'],
  ['a shutdown', { kind: 'ambiguous', code: 'cut_at_shutdown', message: '' }, { kind: 'cut' }, 'uncounted'],
])('%s', (_, result, answer, outcome) => {
  const judged = judgeAnswer(result, read);
  expect(judged).toMatchObject(answer);
  expect(outcomeOf(judged)).toBe(outcome);
});
