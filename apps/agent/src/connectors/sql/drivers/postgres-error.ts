import { DatabaseError } from 'pg';
import { SourceError } from '../../connector';
import { SqlError } from './driver';

// SQLSTATE classes and codes, https://www.postgresql.org/docs/current/errcodes-appendix.html
const PASSING_CLASSES: ReadonlySet<string> = new Set([
  '08', // connection
  '40', // serialization, deadlock
  '53', // out of memory, disk, connections
  '57', // cancelled, timed out, shutting down, starting up
  '58', // system
]);
const PASSING: ReadonlySet<string> = new Set([
  '25P03', // idle in transaction for too long
  '55006', // object in use
  '55P03', // lock not available
]);
/** Values that do not fit, constraints, and what triggers raise. */
const REFUSING = /^(22|23|P0001)/;
/** Of the host or the network: the database was not reached. */
const NETWORK = /^(E[A-Z_]+|CERT_|SELF_SIGNED|DEPTH_ZERO|ERR_)/;
const LASTING_NETWORK: ReadonlySet<string> = new Set(['ENOTFOUND', 'ERR_INVALID_URL', 'EACCES']);

/** What the client says of PostgreSQL or of the way to it, as an error of the source: decided by its code. */
export function postgresError(error: unknown): unknown {
  if (error instanceof SourceError || error instanceof TypeError || typeof error !== 'object' || error === null) return error;
  if (error instanceof DatabaseError) {
    const code = error.code ?? '';
    const more = [error.detail, error.hint].filter((text) => text !== undefined).join('; ');
    const message = `the database says: ${error.message}${more === '' ? '' : ` (${more})`} [${code}]`;
    return new SqlError(message, PASSING_CLASSES.has(code.slice(0, 2)) || PASSING.has(code), REFUSING.test(code), { cause: error });
  }
  const { code = '', message } = error as { code?: unknown; message?: unknown };
  if (typeof code !== 'string' || (code !== '' && !NETWORK.test(code))) return error;
  const passing = !LASTING_NETWORK.has(code) && !/^(CERT_|SELF_SIGNED|DEPTH_ZERO)/.test(code);
  // Without a code it is the client that has lost its connection, or got none in time.
  return new SqlError(`the database cannot be reached: ${typeof message !== 'string' || message === '' ? code : message}`, passing, false, {
    cause: error,
  });
}
