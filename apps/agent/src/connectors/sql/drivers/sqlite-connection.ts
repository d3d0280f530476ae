import Database from 'libsql/promise';
import type { SqlValue, Statement } from '../compile-statement';
import { valuesOf, type SqlResult, type SqlTimeouts, type SqlValues } from './driver';
import { sqliteError } from './sqlite-error';

/** A statement as the library gives it, whose own types say nothing. */
interface Prepared {
  columns(): { name: string }[];
  raw(): Prepared;
  safeIntegers(): Prepared;
  all(values: readonly unknown[]): Promise<unknown[][]>;
  run(values: readonly unknown[]): Promise<unknown>;
}

/** A connection to a SQLite file. Statements run one after the other, on a thread of their own. */
export class SqliteConnection {
  private readonly database: Database;
  private readonly prepared = new Map<string, Prepared>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    file: string,
    private readonly timeouts: SqlTimeouts,
  ) {
    this.database = new Database(file, { timeout: timeouts.lockMs });
  }

  /** Has the connection for itself until `work` is done. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work, work);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  async execute(sql: string): Promise<void> {
    await this.guarded(async () => void (await this.database.exec(sql)));
  }

  run(statement: Statement, values: SqlValues, signal?: AbortSignal): Promise<SqlResult> {
    return this.guarded(async () => {
      const prepared = await this.prepare(statement.text);
      const bound = valuesOf(statement, values).map(bindable);
      const columns = prepared.columns().map(({ name }) => name);
      if (columns.length > 0) return { columns, rows: await prepared.raw().safeIntegers().all(bound) };
      await prepared.run(bound);
      return { columns, rows: [] };
    }, signal);
  }

  close(): void {
    this.prepared.clear();
    this.database.close();
  }

  private async prepare(text: string): Promise<Prepared> {
    const known = this.prepared.get(text);
    if (known !== undefined) return known;
    const prepared = (await this.database.prepare(text)) as Prepared;
    this.prepared.set(text, prepared);
    return prepared;
  }

  /** Interrupts what takes too long, or what nobody waits for any more. */
  private async guarded<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const interrupt = () => this.database.interrupt();
    const timer = setTimeout(interrupt, this.timeouts.statementMs);
    signal?.addEventListener('abort', interrupt);
    try {
      return await act();
    } catch (error) {
      signal?.throwIfAborted();
      throw sqliteError(error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupt);
    }
  }
}

/** A list goes as JSON, for `json_each`. */
const bindable = (value: SqlValue): string | number | bigint | null =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
