import { randomBytes } from 'node:crypto';
import { Client, Pool, escapeIdentifier } from 'pg';

/** How long a drop waits for sessions that are just ending by themselves. */
const SESSIONS_END_MS = 1_000;

/** A database that exists until it is dropped. */
export interface TemporaryDatabase {
  url: string;
  name: string;
  /** Ends the sessions that are still in it. */
  drop(): Promise<void>;
}

/**
 * Creates a database of a random name, empty or as a copy of `template` (nobody may be connected to that one meanwhile).
 * `adminUrl` is of a user who may create databases, on any other database.
 */
export async function createDatabase(adminUrl: string, options: { name?: string; template?: string } = {}): Promise<TemporaryDatabase> {
  const { name = randomName(), template = 'template0' } = options;
  assertPlainName(name);
  await execute(adminUrl, `create database ${escapeIdentifier(name)} template ${escapeIdentifier(template)}`);
  return {
    url: databaseUrl(adminUrl, name),
    name,
    drop: () => dropDatabase(adminUrl, name),
  };
}

/** A pool for tests: sessions that a server ends under it fail their statement and nothing else. */
export function openPool(url: string, max: number): Pool {
  const pool = new Pool({ connectionString: url, max });
  pool.on('error', () => undefined);
  // The pool hears its idle connections only; one that breaks while it is lent out or closing would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Creates the database unless it is there. Returns its URL. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<string> {
  assertPlainName(name);
  try {
    await execute(adminUrl, `create database ${escapeIdentifier(name)}`);
  } catch (error) {
    // It exists (42P04), or another process has just created it (23505: the name's unique index was faster).
    if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error;
  }
  return databaseUrl(adminUrl, name);
}

// Clients do not agree on how other characters of a name are written in a URL.
function assertPlainName(name: string): void {
  if (!/^[\w-]{1,63}$/.test(name)) throw new TypeError(`Not a plain database name (letters, digits, _ and -): ${name}`);
}

function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

function randomName(): string {
  return `test_${process.pid}_${randomBytes(6).toString('hex')}`;
}

/** A closed pool's sessions are still ending for a moment: ending them by force would reach its clients as an error. */
async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await onClient(adminUrl, async (client) => {
    for (const until = Date.now() + SESSIONS_END_MS; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 20))) {
      const { rows } = await client.query('select from pg_stat_activity where datname = $1 limit 1', [name]);
      if (rows.length === 0) break;
    }
    await client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
  });
}

function execute(url: string, statement: string): Promise<void> {
  return onClient(url, async (client) => void (await client.query(statement)));
}

async function onClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
