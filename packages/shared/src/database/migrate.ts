import path from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { Client, type ClientBase, type Pool } from 'pg';
import { ensureHubState, type Restored } from './hub-state';

/** Where the committed migrations are. */
export const MIGRATIONS_FOLDER = path.resolve(__dirname, '../../drizzle');

/** Any number will do, as long as every hub takes the same. */
const MIGRATION_LOCK = 7_241_001;

/**
 * Brings a database to the present schema. Safe to run by any number of processes at once: an advisory lock on a
 * connection of its own lets one after the other look, and all but the first find nothing to do. Says what follows when the
 * database turns out to be restored from a backup; `restored`: it is, whatever it looks like.
 */
export async function migrateDatabase(url: string, { restored = false } = {}): Promise<Restored | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: 'hub-migrate' });
  // A connection that is lost fails the statement that waits for its answer; told to nobody it would end the process besides.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
    return await ensureHubState(client, { restored });
  } finally {
    await client.end();
  }
}

/**
 * Whether this process may write: the database is migrated, and knows which cluster it is in. To be asked before the first
 * write, also by hubs that do not migrate: a restored database counts its changes on from where it was, and its open jobs are
 * asked after. `onRestored` hears of that.
 */
export async function isReadyForWrites(pool: Pool, onRestored: (found: Restored) => void): Promise<boolean> {
  if (!(await isMigrated(pool))) return false;
  const found = await ensureHubState(pool);
  if (found !== undefined) onRestored(found);
  return true;
}

/** Whether every committed migration has been applied to this database. */
export async function isMigrated(client: ClientBase | Pool): Promise<boolean> {
  const latest = readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER }).at(-1);
  const { rows: known } = await client.query<{ found: boolean }>(`select to_regclass('drizzle.__drizzle_migrations') is not null as found`);
  if (latest === undefined || known[0]?.found !== true) return latest === undefined;
  const { rows } = await client.query<{ done: boolean }>(
    'select exists (select from drizzle.__drizzle_migrations where hash = $1) as done',
    [latest.hash],
  );
  return rows[0]?.done === true;
}
