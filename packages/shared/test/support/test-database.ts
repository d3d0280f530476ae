import { createDatabase, type TemporaryDatabase } from '@repo/dev-stack/databases';
import type { Client, Pool } from 'pg';
import { Client as PgClient } from 'pg';
import { openDatabase, type Database } from '../../src/database/connect';
import { migrateDatabase } from '../../src/database/migrate';

/** A database of a test file's (or a `describe`'s) own. Everything in it is there from the first test to the last. */
export interface TestDatabase {
  readonly url: string;
  /** As the hub has one. */
  readonly database: Database;
  readonly pool: Pool;
  /** One more connection, for looking behind the back of what is tested. */
  readonly client: Client;
}

/** Makes a database before all tests of the block that calls it, and drops it after them. `migrated: false` leaves it empty. */
export function useTestDatabase({ migrated = true, poolSize = 8 }: { migrated?: boolean; poolSize?: number } = {}): TestDatabase {
  let temporary: TemporaryDatabase | undefined;
  let database: Database | undefined;
  let client: Client | undefined;
  beforeAll(async () => {
    temporary = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '');
    if (migrated) await migrateDatabase(temporary.url);
    database = openDatabase({ url: temporary.url, poolSize, applicationName: 'shared-test' });
    client = new PgClient({ connectionString: temporary.url });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.close();
    await temporary?.drop();
  });
  return {
    get url() {
      return up(temporary).url;
    },
    get database() {
      return up(database);
    },
    get pool() {
      return up(database).pool;
    },
    get client() {
      return up(client);
    },
  };
}

function up<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('the test database is there in tests and hooks only');
  return thing;
}
