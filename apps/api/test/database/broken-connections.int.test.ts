import { createDatabase, type TemporaryDatabase } from '@repo/dev-stack/databases';
import { openDatabase, type Database } from '@repo/shared/database/connect';
import { sql } from 'drizzle-orm';

describe('connections that break', () => {
  let created: TemporaryDatabase;
  let database: Database;
  beforeAll(async () => {
    created = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '');
    database = openDatabase({ url: created.url, poolSize: 2, applicationName: 'broken-connections' });
  });
  afterAll(async () => {
    await database.close();
    await created.drop();
  });

  const answers = () => database.db.transaction((tx) => tx.execute<{ one: number }>(sql`select 1 as one`));

  it('fail their transaction, and leave the process and the pool as they were', async () => {
    for (let i = 0; i < 5; i++) {
      const cut = database.db.transaction(async (tx) => {
        const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
        await database.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
        // Between two statements nobody waits for anything: only a listener hears of it.
        await new Promise((resolve) => setTimeout(resolve, 50));
        await tx.execute(sql`select 1`);
      });
      await expect(cut).rejects.toThrow();
    }
    expect((await answers()).rows).toEqual([{ one: 1 }]);
    expect(database.pool.totalCount).toBeLessThanOrEqual(2);
  });

  it('are given back also when a transaction cannot begin', async () => {
    for (let i = 0; i < 5; i++) {
      const refused = database.db.transaction(() => Promise.resolve(), { isolationLevel: 'no such level' as 'serializable' });
      await expect(refused).rejects.toThrow();
    }
    expect(database.pool.totalCount - database.pool.idleCount).toBe(0);
    expect((await answers()).rows).toEqual([{ one: 1 }]);
  });
});
