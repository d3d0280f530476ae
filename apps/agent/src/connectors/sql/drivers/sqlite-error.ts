import { SourceError } from '../../connector';
import { SqlError } from './driver';

/** Result codes that pass, https://www.sqlite.org/rescode.html; extended codes begin with them. */
const PASSING = /^SQLITE_(BUSY|LOCKED|INTERRUPT|IOERR|NOMEM|FULL|PROTOCOL|SCHEMA|ABORT)/;
const REFUSING = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/;

/** What SQLite said, as an error of the source: decided by its code. */
export function sqliteError(error: unknown): unknown {
  if (error instanceof SourceError || typeof error !== 'object' || error === null) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code !== 'string' || typeof message !== 'string') return error;
  if (code === '') return new SqlError(`the database cannot be opened: ${message}`, false, false, { cause: error });
  return new SqlError(`the database says: ${message} [${code}]`, PASSING.test(code), REFUSING.test(code), { cause: error });
}
