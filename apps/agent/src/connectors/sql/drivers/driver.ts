import { SourceError } from '../../connector';
import type { Dialect, SqlValue, Statement } from '../compile-statement';

/** What a statement gave: no rows and no columns when it gives none. */
export interface SqlResult {
  columns: readonly string[];
  rows: readonly (readonly unknown[])[];
}

/** The values of a statement, by the names of its parameters. */
export type SqlValues = Readonly<Record<string, SqlValue>>;

/** Runs a statement within a transaction. */
export type Run = (statement: Statement, values: SqlValues) => Promise<SqlResult>;

/** A database, as far as a connector needs one. Both methods reject with {@link SqlError}. */
export interface SqlDriver {
  readonly dialect: Dialect;
  /** Runs a statement that can change nothing. */
  read(statement: Statement, values: SqlValues, signal: AbortSignal): Promise<SqlResult>;
  /** All of it is done, or nothing. */
  write<T>(work: (run: Run) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** How long a database may take, in milliseconds. */
export interface SqlTimeouts {
  statementMs: number;
  lockMs: number;
}

/** What the database said. `refused`: it was asked rightly, and does not take these values; others it may. */
export class SqlError extends SourceError {
  constructor(
    message: string,
    transient: boolean,
    readonly refused: boolean,
    options?: ErrorOptions,
  ) {
    super(message, transient, options);
    this.name = 'SqlError';
  }
}

/** The values in the order of the parameters. @throws SqlError for one that there is no value for */
export function valuesOf({ names }: Statement, values: SqlValues): SqlValue[] {
  return names.map((name) => {
    const value = values[name];
    if (value === undefined) throw new SqlError(`there is no value for :${name} here`, false, false);
    return value;
  });
}
