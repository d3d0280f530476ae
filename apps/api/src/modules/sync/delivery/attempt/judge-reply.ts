import { readOrderReply, readStatusReply } from '@repo/contracts/agent-protocol/read-reply';
import type { OrderOperation } from '@repo/contracts/agent-protocol/calls';
import type { CallResult } from '../../agents/transport/agent-transport';
import type { Decision } from './decision';

/** Wait when a 429 does not say for how long. */
const DEFAULT_WAIT_S = 60;

type Replied = Extract<CallResult, { kind: 'replied' }>;

/** What a call that told the ERP to do it came to. Whether to retry is decided by the kind of the result alone. */
export function judgeSent(operation: OrderOperation, result: CallResult): Decision {
  if (result.kind === 'not_sent') return notSent(result, false);
  if (result.kind === 'ambiguous') return { do: 'retry', fault: result.code, message: result.message, mustAsk: true };
  const common = judgeStatus(result, false);
  if (common !== undefined) return common;
  const { status } = result;
  if (status >= 400 && status < 500) {
    const message = `The agent answered ${status}${textOf(result)}`;
    return { do: 'dead_letter', code: 'rejected', fault: 'rejected', message, mustAsk: false };
  }
  if (status >= 300) return unknownOutcome(result);
  if ('fault' in result.body) return unreadable(result.body.fault);
  const reply = readOrderReply(operation, status, result.body.json);
  switch (reply.kind) {
    case 'accepted':
      return { do: 'await_callback' };
    case 'completed':
      return { do: 'complete', erpReference: reply.erpReference, metadata: reply.metadata };
    case 'failed':
      return judgeFailure(reply.error, reply.retryable);
    case 'unreadable':
      return { do: 'retry', fault: 'reply_unreadable', message: reply.message, mustAsk: true };
  }
}

/** What asking after the outcome of an earlier call came to. Whatever goes wrong, it stays unknown. */
export function judgeAsked(result: CallResult, idempotentOrders: boolean): Decision {
  if (result.kind === 'not_sent') return notSent(result, undefined);
  if (result.kind === 'ambiguous') return { do: 'retry', fault: result.code, message: result.message, mustAsk: undefined };
  const common = judgeStatus(result, undefined);
  if (common !== undefined) return common;
  const { status } = result;
  if (status === 404 || status === 405 || status === 501) {
    if (idempotentOrders) return { do: 'send' };
    const message = `Whether the ERP has done it is not known, and its agent cannot be asked (${status})`;
    return { do: 'dead_letter', code: 'outcome_unknown', fault: 'cannot_ask', message, mustAsk: undefined };
  }
  if (status >= 400 && status < 500) {
    const message = `Whether the ERP has done it is not known, and its agent answered ${status} to the question${textOf(result)}`;
    return { do: 'dead_letter', code: 'outcome_unknown', fault: 'rejected', message, mustAsk: undefined };
  }
  if (status >= 300) return { ...unknownOutcome(result), mustAsk: undefined };
  if ('fault' in result.body) return { ...unreadable(result.body.fault), mustAsk: undefined };
  const reply =
    status === 200 ? readStatusReply(result.body.json) : ({ kind: 'unreadable', message: `status ${status} is not 200` } as const);
  switch (reply.kind) {
    case 'unknown':
      return { do: 'send' };
    case 'accepted':
      return { do: 'await_callback' };
    case 'completed':
      return { do: 'complete', erpReference: reply.erpReference, metadata: null };
    case 'failed':
      return judgeFailure(reply.error, reply.retryable);
    case 'unreadable':
      return { do: 'retry', fault: 'reply_unreadable', message: reply.message, mustAsk: undefined };
  }
}

/** A call that nobody fetched says nothing of the agent's health, and a shutdown is the hub's own doing: neither is spent. */
function notSent({ code, message }: Extract<CallResult, { kind: 'not_sent' }>, mustAsk: boolean | undefined): Decision {
  if (code === 'not_fetched' || code === 'cut_at_shutdown') return { do: 'wait', fault: code, message, seconds: 0 };
  return { do: 'retry', fault: code, message, mustAsk };
}

/** The ERP says that it could not do it: known for certain, so there is nothing to ask. */
export function judgeFailure(error: string, retryable: boolean): Extract<Decision, { do: 'retry' | 'dead_letter' }> {
  const message = error === '' ? 'The ERP could not do it, and did not say why' : error;
  if (retryable) return { do: 'retry', fault: 'erp_failed', message, mustAsk: false };
  return { do: 'dead_letter', code: 'failed_for_good', fault: 'erp_failed', message, mustAsk: false };
}

/** Statuses that mean the same for every call. */
function judgeStatus(result: Replied, mustAsk: boolean | undefined): Decision | undefined {
  const { status, retryAfterSeconds } = result;
  if (status === 429 || (status === 503 && retryAfterSeconds !== undefined)) {
    const seconds = retryAfterSeconds ?? DEFAULT_WAIT_S;
    return { do: 'wait', fault: 'told_to_wait', message: `The agent answered ${status}: again in ${seconds} s`, seconds };
  }
  if (status === 401 || status === 403) {
    return { do: 'hold_vendor', fault: 'unauthorized', message: `The agent refuses the hub's credentials (${status})` };
  }
  if (status === 408 || status === 425) {
    return { do: 'retry', fault: 'try_again_status', message: `The agent answered ${status}`, mustAsk };
  }
  return undefined;
}

function unknownOutcome({ status }: Replied): Extract<Decision, { do: 'retry' }> {
  const fault = status < 400 ? 'redirect' : 'server_error';
  return { do: 'retry', fault, message: `The agent answered ${status}`, mustAsk: true };
}

function unreadable(fault: 'too_large' | 'not_json'): Extract<Decision, { do: 'retry' }> {
  if (fault === 'too_large') return { do: 'retry', fault: 'reply_too_large', message: 'The reply is over 10 MB', mustAsk: true };
  return { do: 'retry', fault: 'reply_unreadable', message: 'The reply is not JSON', mustAsk: true };
}

const LONGEST_TEXT = 300;

/** What a refusal says, for the people who read the dead letter: a problem's detail, an `error`, or a `message`. */
function textOf({ body }: Replied): string {
  if (!('json' in body) || typeof body.json !== 'object' || body.json === null) return '';
  const said = body.json as Record<string, unknown>;
  const text = [said['detail'], said['error'], said['message']].find((each) => typeof each === 'string');
  return typeof text === 'string' ? `: ${Array.from(text.replaceAll('\0', '')).slice(0, LONGEST_TEXT).join('')}` : '';
}
