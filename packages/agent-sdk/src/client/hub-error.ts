import type { FieldProblem } from '@repo/contracts/problem';

/** What a failure says besides its kind. Closed: decide by `kind`, and for `refused` by `code`. */
export type HubFailure =
  /** The hub says no, and would again: a 4xx with a problem document. `code` is one of the contract's, or a newer one. */
  | { kind: 'refused'; status: number; code: string; detail: string; errors: readonly FieldProblem[] }
  /** Too many requests (429). Certainly not done. */
  | { kind: 'rate_limited'; status: number; retryAfterMs: number | undefined }
  /** The hub, or a gateway before it, cannot now: any 5xx, or 408. `code` is undefined where no problem document came. */
  | { kind: 'unavailable'; status: number; code: string | undefined; retryAfterMs: number | undefined }
  /** No connection, or one that was lost. `mayBeDone`: the request may have arrived. */
  | { kind: 'unreachable'; reason: string; mayBeDone: boolean }
  /** No complete reply in time. The request may have arrived. */
  | { kind: 'timeout'; timeoutMs: number }
  /** A reply that no hub gives: a page of a proxy, a redirect, JSON of another shape. */
  | { kind: 'bad_reply'; status: number; problem: string };

export type HubErrorKind = HubFailure['kind'];

/** Where a failure belongs to. */
export interface FailedRequest {
  /** `operationId` of the API's document: `heartbeat`, `pushItems`, … */
  operation: string;
  /** Look for it in the hub's log. */
  correlationId: string;
}

/**
 * A request to the hub that failed. Neither the message nor anything in it holds a credential. A request that its caller
 * aborted is none: that rejects with the reason of the signal.
 */
export class HubError extends Error {
  readonly operation: string;
  readonly correlationId: string;

  constructor(
    readonly failure: HubFailure,
    { operation, correlationId }: FailedRequest,
    options?: ErrorOptions,
  ) {
    super(`${operation}: ${inWords(failure)}`, options);
    this.name = 'HubError';
    this.operation = operation;
    this.correlationId = correlationId;
  }

  get kind(): HubErrorKind {
    return this.failure.kind;
  }

  /** Whether the hub may have done what it was asked for. */
  get mayBeDone(): boolean {
    return mayBeDone(this.failure);
  }

  /** The code of a refusal, else undefined. */
  get code(): string | undefined {
    return this.failure.kind === 'refused' ? this.failure.code : undefined;
  }
}

/** Whether the hub may have done what it was asked for. */
export function mayBeDone(failure: HubFailure): boolean {
  switch (failure.kind) {
    case 'refused':
    case 'rate_limited':
      return false;
    case 'unreachable':
      return failure.mayBeDone;
    case 'unavailable':
    case 'timeout':
    case 'bad_reply':
      return true;
  }
}

function inWords(failure: HubFailure): string {
  switch (failure.kind) {
    case 'refused':
      return `refused (${failure.status} ${failure.code}): ${failure.detail}`;
    case 'rate_limited':
      return 'too many requests';
    case 'unavailable':
      return `the hub is not available (${failure.status})`;
    case 'unreachable':
      return `the hub cannot be reached: ${failure.reason}`;
    case 'timeout':
      return `no reply within ${failure.timeoutMs} ms`;
    case 'bad_reply':
      return `not a reply of the hub (${failure.status}): ${failure.problem}`;
  }
}
