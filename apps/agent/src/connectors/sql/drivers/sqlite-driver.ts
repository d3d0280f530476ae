import { stat } from 'node:fs/promises';
import type { Statement } from '../compile-statement';
import { SqlError, type Run, type SqlDriver, type SqlResult, type SqlTimeouts, type SqlValues } from './driver';
import { SqliteConnection } from './sqlite-connection';

/** SQLite: one connection that can only read, and one that writes orders. */
export class SqliteDriver implements SqlDriver {
  readonly dialect = 'sqlite';
  private reader: Promise<SqliteConnection> | undefined;
  private writer: Promise<SqliteConnection> | undefined;

  constructor(
    private readonly file: string,
    private readonly timeouts: SqlTimeouts,
  ) {}

  async read(statement: Statement, values: SqlValues, signal: AbortSignal): Promise<SqlResult> {
    const connection = await (this.reader ??= this.open('pragma query_only = on', () => (this.reader = undefined)));
    return connection.exclusively(() => connection.run(statement, values, signal));
  }

  async write<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const connection = await (this.writer ??= this.open('pragma foreign_keys = on', () => (this.writer = undefined)));
    return connection.exclusively(async () => {
      await connection.execute('begin immediate');
      try {
        const result = await work((statement, values) => connection.run(statement, values));
        await connection.execute('commit');
        return result;
      } catch (error) {
        await this.rollBack(connection);
        throw error;
      }
    });
  }

  /** Some errors end the transaction by themselves. A connection of which that is not clear is not used again. */
  private async rollBack(connection: SqliteConnection): Promise<void> {
    try {
      await connection.execute('rollback');
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      this.writer = undefined;
      connection.close();
    }
  }

  async close(): Promise<void> {
    for (const opened of [this.reader, this.writer]) {
      const connection = await opened;
      await connection?.exclusively(() => Promise.resolve(connection.close()));
    }
  }

  /** The library would make a file that is not there, and an empty database is not what anybody wants to read. */
  private async open(first: string, onFailure: () => void): Promise<SqliteConnection> {
    try {
      if (!(await stat(this.file)).isFile()) throw new SqlError(`${this.file} is no file: correct database.file`, false, false);
      const connection = new SqliteConnection(this.file, this.timeouts);
      await connection.execute(first);
      return connection;
    } catch (error) {
      onFailure();
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new SqlError(`${this.file} is not there: correct database.file`, false, false, { cause: error });
    }
  }
}
