import { HttpException } from '@nestjs/common';
import { ERROR_CODES, type ErrorCode } from '@repo/contracts/error-codes';
import type { Problem } from '@repo/contracts/problem';
import { isDatabaseUnavailable } from '@repo/shared/database/database-errors';
import { ApiError } from '../errors/api-error';

/** What the framework's own errors mean; whatever is not here and not ours is `internal`. */
const FRAMEWORK_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_request',
  FST_ERR_BAD_URL: 'invalid_request',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
  Z_DATA_ERROR: 'invalid_request',
  Z_BUF_ERROR: 'invalid_request',
};

const FRAMEWORK_DETAILS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'The URL is not percent-encoded UTF-8.',
  Z_DATA_ERROR: 'The body is not valid gzip.',
  Z_BUF_ERROR: 'The body is not valid gzip.',
};

/** Any failure as the error a client may see. The one place where errors become replies. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const name = error instanceof Error && 'code' in error ? String(error.code) : '';
  const code = FRAMEWORK_CODES[name];
  if (code !== undefined) return new ApiError(code, FRAMEWORK_DETAILS[name], { cause: error });
  if (isDatabaseUnavailable(error))
    return new ApiError('unavailable', 'The database cannot be reached: try again later.', { cause: error, retryAfterSeconds: 5 });
  if (error instanceof HttpException) return new ApiError(codeOfStatus(error.getStatus()), undefined, { cause: error });
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500) {
    return new ApiError(codeOfStatus(error.statusCode), undefined, { cause: error });
  }
  return new ApiError('internal', undefined, { cause: error });
}

/** What a status means that is not ours: of the codes that share one, the plainest. */
const PLAIN_CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'not_found', // of the page's files: what lies beside them is nobody's business
  404: 'not_found',
  405: 'not_found',
  409: 'conflict',
  410: 'expired',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  503: 'unavailable',
};

function codeOfStatus(status: number): ErrorCode {
  return PLAIN_CODES[status] ?? (status >= 500 ? 'internal' : 'invalid_request');
}

/** The body of the reply. */
export function problemOf(error: ApiError, correlationId: string): Problem {
  return {
    type: `urn:erp-sync-hub:problem:${error.code}`,
    title: ERROR_CODES[error.code].title,
    status: error.status,
    code: error.code,
    detail: error.code === 'internal' ? ERROR_CODES.internal.title : error.message,
    correlationId,
    ...(error.errors === undefined ? {} : { errors: [...error.errors] }),
  };
}
