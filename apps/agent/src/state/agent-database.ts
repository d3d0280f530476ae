import Database from 'libsql';
import { addDigests } from './add-digests';

/** A SQLite database that holds what an agent remembers. One process at a time has it open for writing. */
export type AgentDatabase = Database.Database;

/** Each step is applied once, in order; what has been released is never changed. */
const STEPS: readonly (string | ((database: AgentDatabase) => void))[] = [
  `create table meta (key text primary key, value text not null) without rowid;
   create table cursors (entity text primary key, cursor text, read_at integer not null) without rowid;
   create table sent_rows (
     entity text not null, key text not null, hash text not null, verdict text not null, detail text, sent_at integer not null,
     primary key (entity, key)) without rowid;
   create index sent_rows_not_taken on sent_rows (entity, verdict) where verdict <> 'taken';
   create table order_jobs (
     job_id text primary key, order_id text not null, order_number text not null, operation text not null, attempt integer not null,
     accepted_at integer not null, state text not null, status text not null, callback_owed integer not null) without rowid;
   create index order_jobs_open on order_jobs (accepted_at) where status = 'accepted';
   create index order_jobs_owed on order_jobs (accepted_at) where callback_owed = 1;`,
  addDigests,
];

/** Opens the state of an agent, and brings it up to date. */
export function openAgentDatabase(file: string): AgentDatabase {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  // What was written down as known must be known after a power cut: the ERP may have the order.
  database.pragma('synchronous = FULL');
  database.pragma('busy_timeout = 5000');
  migrate(database);
  return database;
}

function migrate(database: AgentDatabase): void {
  if (versionOf(database) === STEPS.length) return;
  for (let step = versionOf(database); step < STEPS.length; step++) {
    inTransaction(database, () => {
      // Another process may have come first.
      if (versionOf(database) !== step) return;
      const work = STEPS[step];
      if (typeof work === 'string') database.exec(work);
      else work?.(database);
      database.pragma(`user_version = ${step + 1}`);
    });
  }
}

function versionOf(database: AgentDatabase): number {
  const [{ user_version: version } = { user_version: 0 }] = database.pragma('user_version') as { user_version: number }[];
  return version;
}

/** All of it or nothing. */
export function inTransaction<T>(database: AgentDatabase, work: () => T): T {
  database.exec('begin immediate');
  try {
    const result = work();
    database.exec('commit');
    return result;
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}
