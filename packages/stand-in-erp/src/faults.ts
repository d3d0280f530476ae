/** The calls that the stand-in answers: the last part of their paths. */
export type CallKind = 'create-order' | 'cancel-order' | 'order-status';

/**
 * What the ERP does with one call instead of answering it well. "Creating" stands for what the call asks for, cancelling too;
 * `order-status` asks for nothing, so that only what happens to the reply applies to it.
 *
 * Nothing is done: `drop_before_reading`, `error_before_creating`, `hang`, `too_many`, `unavailable`, `unauthorized`,
 * `forbidden`, `reject`, `fail`, `redirect`. All others do it, `garbage`, `wrong_shape` and `huge` when `created` says so.
 */
export type Fault =
  /** Answers as it should: for a rule that spares some calls from the rules after it. */
  | { kind: 'complete' }
  /** The connection is cut, as if the ERP had not got the call. */
  | { kind: 'drop_before_reading' }
  | { kind: 'drop_after_creating' }
  | { kind: 'error_before_creating' }
  | { kind: 'error_after_creating' }
  /** Never answers; the connection stays open. */
  | { kind: 'hang' }
  | { kind: 'hang_after_creating' }
  /** Answers well after `ms`; what it does, it starts then, or, with `created`, before the wait. */
  | { kind: 'slow'; ms: number; created?: boolean }
  | { kind: 'too_many'; retryAfterSeconds?: number }
  | { kind: 'unavailable'; retryAfterSeconds?: number }
  | { kind: 'unauthorized' }
  | { kind: 'forbidden' }
  /** Any status without a body that means something, 4xx as a rule. */
  | { kind: 'reject'; status: number }
  /** 200, but the ERP could not do it. */
  | { kind: 'fail'; retryable: boolean; error?: string }
  /** 200 with text that is no JSON. */
  | { kind: 'garbage'; created?: boolean }
  /** 200 with JSON that breaks the contract. */
  | { kind: 'wrong_shape'; created?: boolean }
  /** 200 with a reply of so many bytes. */
  | { kind: 'huge'; bytes: number; created?: boolean }
  | { kind: 'redirect'; location: string }
  /** 202; what was asked is done `delayMs` later, and then a callback says so. */
  | { kind: 'accept'; delayMs?: number }
  /** 202; done at once, but no callback ever comes. */
  | { kind: 'accept_silently' }
  /** 202; a callback says `delayMs` later that it could not be done. */
  | { kind: 'accept_then_fail'; retryable: boolean; delayMs?: number; error?: string }
  /** The callback is sent and answered before the call is. */
  | { kind: 'callback_first' }
  /** 202, and the same callback so many times at once. */
  | { kind: 'duplicate_callbacks'; times: number }
  /** 202, a callback that it was done, and then one that it could not be done. */
  | { kind: 'contradict' };

/** Which calls a rule is about; what is not named does not matter. */
export interface Match {
  call?: CallKind;
  orderNumber?: string;
  /** The nth call of its kind for its order, from 1. */
  nth?: number;
  /** A share of the calls, 0 to 1, picked by `seed`, order number and nth: the same ones in every run. */
  share?: number;
  seed?: number;
}

export interface FaultRule {
  match?: Match;
  fault: Fault;
}

/** The first rule that matches a call decides; without one the call is answered well. */
export type FaultPlan = readonly FaultRule[];
