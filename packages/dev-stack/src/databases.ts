import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';

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
    drop: () => execute(adminUrl, `drop database if exists ${escapeIdentifier(name)} with (force)`),
  };
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

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
