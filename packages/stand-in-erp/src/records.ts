import type { CallKind, Fault } from './faults';
import type { PollFault, ReplyFault } from './polling/polling-faults';

/** One order as the ERP holds it. The same job told twice is two of these. */
export interface LedgerEntry {
  /** The ERP's own name for it; no two are alike. */
  reference: string;
  vendorId: string;
  jobId: string;
  orderId: string;
  orderNumber: string;
  at: string;
  lines: number;
  total: string | null;
  cancelled: boolean;
  cancelledAt: string | null;
  /** How often the ERP was made to cancel it. */
  cancelCount: number;
}

/** A cancel of an order that was not in the ERP. */
export interface StrayCancel {
  vendorId: string;
  jobId: string;
  orderId: string;
  orderNumber: string;
  at: string;
}

/** What became of a call's credentials; `unchecked` when the stand-in knew no time to judge a signature by. */
export type Trust = 'ok' | 'wrong' | 'unchecked';

/** One call as it arrived. */
export interface CallRecord {
  at: string;
  vendorId: string;
  call: CallKind;
  /** Under which id it was fetched; null when the hub called. */
  callId: string | null;
  /** Empty when the body could not be read. */
  jobId: string;
  orderId: string;
  orderNumber: string;
  /** The nth call of its kind for its order, from 1. */
  nth: number;
  attempt: number | null;
  correlationId: string | null;
  idempotencyKey: string | null;
  deadline: string | null;
  bearer: Trust;
  signature: Trust;
  /** What the plan made of it, or why it did not come to that. */
  fault: Fault['kind'] | 'refused_credentials' | 'broke_contract' | 'too_late' | 'clock_unknown';
  /** What in the body broke the contract. */
  breach: string | null;
}

/** Something that went wrong between a polling agent and the hub because a plan had it so. */
export interface PollingMishap {
  at: string;
  vendorId: string;
  kind: ReplyFault['kind'] | PollFault['kind'];
  /** The calls that it happened to; none when a poll was cut that had fetched nothing. */
  callIds: readonly string[];
}

/** What an ERP did so far, in numbers. Those of callbacks, heartbeats and polls begin anew when it is restarted. */
export interface Counters {
  calls: Record<CallKind, number>;
  created: number;
  cancelled: number;
  /** Changes that were not started because their deadline had passed. */
  late: number;
  callbacks: CallbackCounters;
  heartbeats: { sent: number; answered: number };
  polls: PollCounters;
  replies: ReplyCounters;
}

export interface PollCounters {
  sent: number;
  answered: number;
  /** Calls that they fetched. */
  calls: number;
  /** Of these, calls that were lost with the connection. */
  lost: number;
  /** Polls whose connection was cut on purpose while they waited. */
  cut: number;
}

export interface ReplyCounters {
  /** Posts, repeats too. */
  posted: number;
  /** Answered 204. */
  taken: number;
  /** Answered 410. */
  late: number;
  /** Answered with another status below 500. */
  refused: number;
  /** Never answered below 500 while there was time. */
  givenUp: number;
}

export interface CallbackCounters {
  /** Posts, repeats too. */
  posted: number;
  /** Answered 200. */
  taken: number;
  /** Answered with a status below 500 that is not 200. */
  refused: number;
  /** Never answered below 500. */
  givenUp: number;
}
