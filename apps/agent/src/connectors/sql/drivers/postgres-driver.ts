import { Pool, type PoolClient, type QueryArrayResult } from 'pg';
import type { Statement } from '../compile-statement';
import { valuesOf, type Run, type SqlDriver, type SqlResult, type SqlTimeouts, type SqlValues } from './driver';
import { postgresError } from './postgres-error';

const BOOLEAN = 16;
const FLOAT4 = 700;
const FLOAT8 = 701;

/** Everything as the database writes it, so that no digit of a number or a time is lost. */
const AS_TEXT = {
  getTypeParser:
    (type: number) =>
    (text: string): unknown =>
      type === BOOLEAN ? text === 't' : type === FLOAT4 || type === FLOAT8 ? Number(text) : text,
};

export interface PostgresOptions extends SqlTimeouts {
  url: string;
  /** Instead of the one in the URL. */
  password: (() => Promise<string>) | undefined;
}

/** PostgreSQL. Connections are opened when they are needed, and few. */
export class PostgresDriver implements SqlDriver {
  readonly dialect = 'postgresql';
  private readonly pool: Pool;

  constructor(private readonly options: PostgresOptions) {
    this.pool = new Pool({
      connectionString: options.url,
      ...(options.password === undefined ? {} : { password: options.password }),
      max: 4,
      connectionTimeoutMillis: 10_000,
      idleTimeoutMillis: 30_000,
      allowExitOnIdle: true,
      application_name: 'erp-agent',
    });
    // Whoever waits for a statement is told; a connection that breaks while nobody does is replaced by the next statement. Without
    // listeners either would end the process.
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  read(statement: Statement, values: SqlValues, signal: AbortSignal): Promise<SqlResult> {
    return this.transaction('begin transaction read only', (run) => run(statement, values), signal);
  }

  write<T>(work: (run: Run) => Promise<T>): Promise<T> {
    return this.transaction('begin', work);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async transaction<T>(begin: string, work: (run: Run) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const client = await asked(() => this.pool.connect());
    let broken: Error | undefined;
    try {
      const { statementMs, lockMs } = this.options;
      const settings = `set local statement_timeout = ${statementMs}; set local lock_timeout = ${lockMs}`;
      await asked(() => client.query(`${begin}; ${settings}; set local datestyle = 'ISO'; set local timezone = 'UTC'`));
      const result = await work((statement, values) => {
        signal?.throwIfAborted();
        return asked(() => runOn(client, statement, values));
      });
      await asked(() => client.query('commit'));
      return result;
    } catch (error) {
      broken = await rollBack(client);
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

async function runOn(client: PoolClient, statement: Statement, values: SqlValues): Promise<SqlResult> {
  const query = { text: statement.text, values: valuesOf(statement, values), rowMode: 'array' as const, types: AS_TEXT };
  const { fields, rows }: QueryArrayResult<unknown[]> = await client.query(query);
  return { columns: fields.map(({ name }) => name), rows };
}

/** What the client throws is an error of the source. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw postgresError(error);
  }
}

/** Why a connection cannot be used again: it cannot even roll back. */
async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
