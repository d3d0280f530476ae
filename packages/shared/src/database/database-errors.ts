import { DrizzleQueryError } from 'drizzle-orm/errors';

/** The five-letter SQLSTATE of a PostgreSQL error, also from inside a wrapper; undefined for anything else. */
export function sqlStateOf(error: unknown): string | undefined {
  const inner = unwrap(error);
  const code = inner instanceof Error && 'code' in inner ? inner.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENOENT',
]);
const CONNECTION_MESSAGES: ReadonlySet<string> = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
]);

/**
 * Whether PostgreSQL could not be reached, is starting or stopping, is out of connections, or took too long: the request
 * may be sent again later. (The driver gives its own connection errors no code, so these are known by their exact text.)
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  const inner = unwrap(error);
  const state = sqlStateOf(inner);
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57') || state.startsWith('53');
  if (!(inner instanceof Error)) return false;
  if (inner instanceof AggregateError) return inner.errors.some(isDatabaseUnavailable);
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  return CONNECTION_CODES.has(code) || CONNECTION_MESSAGES.has(inner.message);
}

/** Whether the same transaction, run again, may well succeed: a deadlock, a serialisation failure, a reference that went away. */
export function isWorthRepeating(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === '40001' || state === '40P01' || state === '23503';
}

function unwrap(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? error.cause : error;
}
