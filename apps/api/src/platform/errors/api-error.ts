import { ERROR_CODES, type ErrorCode } from '@repo/contracts/error-codes';
import type { FieldProblem } from '@repo/contracts/problem';

/** What more an {@link ApiError} can say. */
export interface ApiErrorOptions {
  /** Which fields are wrong, and how. */
  errors?: readonly FieldProblem[];
  /** Seconds for `Retry-After`. */
  retryAfterSeconds?: number;
  /** What led to it: logged, never shown. */
  cause?: unknown;
}

/** A failure that a client may see: its code decides the HTTP status. */
export class ApiError extends Error {
  readonly errors: readonly FieldProblem[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    detail: string = ERROR_CODES[code].title,
    options: ApiErrorOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiError';
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }
}

/** An `invalid_request` about one field. */
export function invalidField(path: string, message: string): ApiError {
  return new ApiError('invalid_request', `${path}: ${message}`, { errors: [{ path, message }] });
}

/** The one reply to a credential that is missing, wrong or unknown: whoever guesses must not learn which. */
export function unauthorized(): ApiError {
  return new ApiError('unauthorized', 'The credential is missing or not valid.');
}
