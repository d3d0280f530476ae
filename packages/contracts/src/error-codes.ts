/** The closed list of error codes a client can meet, with the HTTP status and title each one always has. */
export const ERROR_CODES = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'The credential is missing or not valid' },
  vendor_mismatch: { status: 403, title: 'The body names another vendor than the header' },
  registration_refused: { status: 403, title: 'This vendor id cannot be registered with this credential' },
  agent_disabled: { status: 403, title: 'The agent is disabled' },
  forbidden: { status: 403, title: 'The key does not have the scope for this' },
  not_found: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'The request conflicts with the present state' },
  already_resolved: { status: 409, title: 'The dead letter is resolved already' },
  too_many_deletes: { status: 409, title: 'More rows would be deleted than is allowed at once' },
  count_mismatch: { status: 409, title: 'The count does not match what was received' },
  digest_mismatch: { status: 409, title: 'The digest does not match what was received' },
  idempotency_mismatch: { status: 409, title: 'The idempotency key was used with another body' },
  invalid_transition: { status: 409, title: 'The present state does not allow this' },
  expired: { status: 410, title: 'Expired' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  too_many_rows: { status: 413, title: 'The batch holds too many rows' },
  unsupported_media_type: { status: 415, title: 'The media type or encoding is not supported' },
  unsafe_agent_url: { status: 422, title: 'The agent URL is not allowed' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
  shutting_down: { status: 503, title: 'Shutting down' },
} as const satisfies Record<string, { status: number; title: string }>;

/** One of the codes of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** All codes, for schemas and documents. */
export const ERROR_CODE_LIST = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];
