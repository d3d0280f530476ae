import { createDatabase, type TemporaryDatabase } from '@repo/dev-stack/databases';
import { Client } from 'pg';
import { inShort, NEVER, readAll } from './support/csv-folder';
import { orderCalled, referenceOf } from './support/orders';
import { describeSqlSource } from './support/sql-promises';
import { sqlConfig, sqlConnector, TABLES, type TestDatabase } from './support/sql-source';

let database: TemporaryDatabase;
let client: Client;

beforeAll(async () => {
  database = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '');
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

async function open(): Promise<TestDatabase> {
  await client.query('drop schema public cascade; create schema public');
  return {
    database: { type: 'postgresql', url: database.url },
    execute: (sql) => client.query(sql),
    words: {
      time: 'timestamptz',
      keys: 'select unnest(:keys::text[])',
      stockKeys: '(depot, sku) in (select * from unnest(:warehouseIds::text[], :skus::text[])) order by depot, sku',
    },
  };
}

describe('a PostgreSQL database', () => describeSqlSource(open));

describe('PostgreSQL', () => {
  const connect = async (more: Record<string, unknown> = {}) => {
    const source = await open();
    await client.query(TABLES('timestamptz'));
    return sqlConnector(source, more);
  };

  it('tells times to the microsecond, in whatever zone the session is', async () => {
    const connector = await connect({ pageRows: 1 });
    for (const [sku, micros] of [
      ['A1', '000001'],
      ['A2', '000002'],
      ['A3', '000002'],
    ]) {
      await client.query(`insert into articles (sku, label, stamped) values ('${sku}', 'x', '2026-01-31 08:30:00.${micros}+02')`);
    }
    const { records, cursor } = await readAll(connector);
    expect(inShort(records)).toEqual(['A1=x', 'A2=x', 'A3=x']);
    expect(cursor).toContain('2026-01-31 06:30:00.000002+00');
    await connector.close();
  });

  it('that holds a row locked, or takes too long, may do it later', async () => {
    const connector = await connect({ lockTimeoutSeconds: 0.1, timeoutSeconds: 1 });
    await client.query('begin; lock table sales in access exclusive mode');
    const order = orderCalled();
    await expect(connector.createOrder(order, referenceOf(order), NEVER)).rejects.toMatchObject({
      transient: true,
      message: expect.stringContaining('[55P03]') as string,
    });
    await client.query('rollback');
    const config = sqlConfig(await open());
    await client.query(TABLES('timestamptz'));
    const slow = sqlConnector(
      {
        database: config.database,
        execute: () => Promise.resolve(),
        words: { time: '', keys: 'select unnest(:keys::text[]) from pg_sleep(5)', stockKeys: 'depot = any(:keys)' },
      },
      { timeoutSeconds: 1 },
    );
    await expect(slow.readRows('items', ['A'], NEVER)).rejects.toMatchObject({
      transient: true,
      message: expect.stringContaining('[57014]') as string,
    });
    await connector.close();
    await slow.close();
  });

  it('whose server is away or comes back may be read later, and whose query is wrong may not', async () => {
    const connector = await connect();
    const away = sqlConnector({ ...(await open()), database: { type: 'postgresql', url: 'postgresql://nobody@127.0.0.1:1/none' } });
    await expect(readAll(away)).rejects.toMatchObject({ transient: true, message: expect.stringContaining('cannot be reached') as string });
    expect(await away.check(NEVER)).toEqual([expect.stringContaining('the database cannot be reached: ')]);
    await expect(readAll(connector)).rejects.toMatchObject({ transient: false, message: expect.stringContaining('[42P01]') as string });
    await client.query(TABLES('timestamptz'));
    expect((await readAll(connector)).records).toEqual([]);
    await client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'erp-agent'");
    await readAll(connector).catch((error: unknown) => expect(error).toMatchObject({ transient: true }));
    expect((await readAll(connector)).records).toEqual([]);
    await connector.close();
    await away.close();
  });

  it('refuses what a trigger refuses, in its words', async () => {
    const connector = await connect();
    await client.query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'client bloqué'; end $$;
      create trigger refuse before insert on sales for each row execute function refuse()`);
    const order = orderCalled();
    expect(await connector.createOrder(order, referenceOf(order), NEVER)).toEqual({
      status: 'failed',
      error: 'the database says: client bloqué [P0001]',
      retryable: false,
    });
    await connector.close();
  });
});
