import type { CallResult } from '../../agents/transport/agent-transport';
import type { CallOutcome } from '../../breaker/breaker-policy';
import type { Lie } from '../locate/read-replies';
import type { UnreachableReason } from './end-of-run';

/** What came of one call. */
export type Answer<T> =
  | { kind: 'read'; value: T }
  | { kind: 'lie'; lie: string }
  /** The reply does not fit: less may be asked for. */
  | { kind: 'too_large' }
  /** `again`: the same call may do better at once. */
  | { kind: 'unreachable'; reason: UnreachableReason; again: boolean }
  | { kind: 'cut' };

/** What a call came to. `read` takes the JSON of a 200. */
export function judgeAnswer<T>(result: CallResult, read: (json: unknown) => T | Lie): Answer<T> {
  if (result.kind !== 'replied') {
    if (result.code === 'cut_at_shutdown') return { kind: 'cut' };
    return { kind: 'unreachable', reason: result.code, again: result.code === 'connection_lost' || result.code === 'connect_failed' };
  }
  const { status, body } = result;
  if (status !== 200) return { kind: 'unreachable', ...ofStatus(status) };
  if ('fault' in body) return body.fault === 'too_large' ? { kind: 'too_large' } : { kind: 'lie', lie: 'the reply is not JSON' };
  const value = read(body.json);
  return isLie(value) ? { kind: 'lie', lie: value.lie } : { kind: 'read', value };
}

function ofStatus(status: number): { reason: UnreachableReason; again: boolean } {
  if (status === 401 || status === 403) return { reason: 'unauthorized', again: false };
  if (status === 404 || status === 405 || status === 501) return { reason: 'no_such_call', again: false };
  // A reply of 503 says when to ask again; the next run asks then.
  if (status === 429 || status === 503) return { reason: 'told_to_wait', again: false };
  if (status === 408 || status === 425 || status >= 500) return { reason: 'server_error', again: true };
  return { reason: status < 400 ? 'redirect' : 'rejected', again: false };
}

/** What an answer says of the agent's health. */
export function outcomeOf(answer: Answer<unknown>): CallOutcome {
  switch (answer.kind) {
    case 'read':
      return 'success';
    case 'cut':
      return 'uncounted';
    case 'lie':
    case 'too_large':
      return 'failure';
    case 'unreachable':
      switch (answer.reason) {
        case 'not_fetched':
        case 'unauthorized':
        case 'told_to_wait':
          return 'uncounted';
        case 'no_such_call':
        case 'rejected':
          return 'success';
        default:
          return 'failure';
      }
  }
}

function isLie(value: unknown): value is Lie {
  return typeof value === 'object' && value !== null && 'lie' in value;
}
