import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import * as schema from './schema/all-tables';

export type Db = NodePgDatabase<typeof schema>;
/** A transaction of {@link Db}. */
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];
/** What every repository method takes first: a caller can always join its own transaction. */
export type Executor = Db | Tx;

/** One process's connections: `pool` for the bulk statements, `db` (over the same pool) for the rest. */
export interface Database {
  readonly pool: Pool;
  readonly db: Db;
  close(): Promise<void>;
}

/** How to connect; times in milliseconds. */
export interface DatabaseOptions {
  url: string;
  poolSize: number;
  applicationName: string;
  statementTimeoutMs?: number;
  /** Called when an idle connection breaks (the pool replaces it by itself). */
  onIdleError?: (error: Error) => void;
}

/** Opens a pool; no connection is made before the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const config: PoolConfig = {
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.applicationName,
    connectionTimeoutMillis: 3_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
  };
  const pool = new Pool(config);
  pool.on('error', (error) => options.onIdleError?.(error));
  // The pool listens to idle connections only. One that breaks in a transaction fails its statement, which is enough to
  // know; without a listener it would end the process as well.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return { pool, db: withSafeTransactions(pool), close: () => pool.end() };
}

/** Drizzle over a pool, whose transactions always give their connection back: its own lose it for good when `begin` fails. */
function withSafeTransactions(pool: Pool): Db {
  const db = drizzle(pool, { schema });
  // Reading the schema takes a while: once a connection, not once a transaction.
  const onClients = new WeakMap<PoolClient, Db>();
  db.transaction = async (work, config) => {
    const client = await pool.connect();
    try {
      const onClient = onClients.get(client) ?? drizzle(client, { schema });
      onClients.set(client, onClient);
      return await onClient.transaction(work, config);
    } finally {
      client.release();
    }
  };
  return db;
}
