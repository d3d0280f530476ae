import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'libsql';
import { openConnector } from '../../src/connectors/open-connector';
import { SqlConnector } from '../../src/connectors/sql/sql-connector';
import { inShort, NEVER, readAll, readKeys } from './support/csv-folder';
import { describeSqlSource } from './support/sql-promises';
import { sqlConfig, sqlConnector, TABLES, type TestDatabase } from './support/sql-source';
import { orderCalled, referenceOf } from './support/orders';

let folder: string;
const handles: ReturnType<typeof openFile>[] = [];
const openFile = (file: string) => new Database(file, { timeout: 1000 });

beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'sql-connector-'))));
afterEach(async () => {
  for (const handle of handles.splice(0)) handle.close();
  await rm(folder, { recursive: true, force: true });
});

function open(name = 'erp.db'): Promise<TestDatabase> {
  const file = path.join(folder, name);
  const handle = openFile(file);
  handles.push(handle);
  return Promise.resolve({
    database: { type: 'sqlite', file },
    execute: (sql) => Promise.resolve(handle.exec(sql)),
    words: {
      time: 'text',
      keys: 'select value from json_each(:keys)',
      stockKeys: 'depot || char(31) || sku in (select value from json_each(:keys)) order by depot, sku',
    },
  });
}

describe('a SQLite file', () => describeSqlSource(() => open()));

describe('SQLite', () => {
  it('keeps whole numbers and keys that no float can hold', async () => {
    let now = 0;
    const source = await open();
    await source.execute(
      'create table parts (id integer primary key, name text, at integer); ' +
        "insert into parts values (9007199254740992, 'a', 1700000000), (9007199254740993, 'b', 1700000000), (9007199254740995, 'c', 1700000001)",
    );
    const connector = sqlConnector(
      source,
      {
        pageRows: 1,
        orders: undefined,
        entities: {
          items: {
            changed: 'select * from parts where (at, id) > (:since, :after) order by at, id limit :limit',
            changedAt: { column: 'at', as: 'unixSeconds' },
            keys: 'select id from parts where id > :after order by id limit :limit',
            rows: 'select * from parts where id in (select value from json_each(:keys))',
            key: 'id',
            firstKey: 0,
            fields: { sku: 'id', name: 'name', erpUnitCode: { constant: 'PCE' }, erpVatCode: { constant: '1' } },
          },
        },
      },
      () => now,
    );
    const { records, cursor } = await readAll(connector);
    expect(records).toHaveLength(3);
    expect(records[0]).toMatchObject({ row: { sku: '9007199254740992' }, changedAt: new Date(1_700_000_000_000) });
    now += 60_000;
    const again = await readAll(connector, 'items', cursor);
    expect(again.records).toHaveLength(3);
    await source.execute("insert into parts values (9007199254740996, 'd', 1700000001)");
    expect(inShort((await readAll(connector, 'items', again.cursor)).records)).toEqual(['9007199254740996=d']);
    await source.execute('delete from parts where id = 9007199254740996');
    expect((await readKeys(connector)).keys).toEqual(['9007199254740992', '9007199254740993', '9007199254740995']);
    expect(await connector.readRows('items', ['9007199254740993'], NEVER)).toHaveLength(1);
    await connector.close();
  });

  it('says what to do about a file that is not there, and makes none', async () => {
    const connector = openConnector({ ...sqlConfig(await open()), database: { type: 'sqlite', file: 'none.db' } }, folder);
    const file = path.join(folder, 'none.db');
    expect(await connector.check(NEVER)).toEqual([`${file} is not there: correct database.file`]);
    expect(await connector.check(NEVER)).toEqual([`${file} is not there: correct database.file`]);
    await connector.close();
  });

  it('that is locked may be read and written later', async () => {
    const source = await open();
    await source.execute(TABLES('text'));
    const connector = sqlConnector(source, { lockTimeoutSeconds: 0.1 });
    await source.execute('begin exclusive');
    const order = orderCalled();
    await expect(connector.createOrder(order, referenceOf(order), NEVER)).rejects.toMatchObject({
      transient: true,
      message: expect.stringContaining('SQLITE_BUSY') as string,
    });
    await expect(readAll(connector)).rejects.toMatchObject({ transient: true });
    await source.execute('rollback');
    expect(await connector.createOrder(order, referenceOf(order), NEVER)).toMatchObject({ status: 'completed' });
    await connector.close();
  });

  it('gives up a query that takes too long, or that nobody waits for any more', async () => {
    const source = await open();
    await source.execute(TABLES('text'));
    const endless = 'with recursive n(x) as (select 1 union all select x + 1 from n) select max(x) as sku, :keys from n';
    const config = sqlConfig(source);
    const items = { ...config.entities.items!, rows: endless };
    const connector = new SqlConnector({ ...config, timeoutSeconds: 0.1, entities: { items } });
    await expect(connector.readRows('items', ['A'], NEVER)).rejects.toMatchObject({
      transient: true,
      message: expect.stringContaining('SQLITE_INTERRUPT') as string,
    });
    const patient = new SqlConnector({ ...config, entities: { items } });
    await expect(patient.readRows('items', ['A'], AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'TimeoutError' });
    await connector.close();
    await patient.close();
  });
});

describe('the configuration of a database', () => {
  const fault = async (more: Record<string, unknown>) => {
    const config = sqlConfig(await open('config.db'));
    try {
      openConnector(
        { ...config, ...more, entities: { items: { ...config.entities.items, ...(more['items'] as object) } }, items: undefined },
        folder,
      );
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };

  it.each([
    [{ database: { type: 'oracle' } }, 'source.database.type: type must be "postgresql" or "sqlite"'],
    [{ database: { type: 'postgresql', url: 'http://x' } }, 'source.database.url: must be an address such as postgresql://'],
    [
      { items: { changed: 'select 1 where :since > :afer limit :limit' } },
      'source.entities.items.changed: there is no :afer here, but :since, :after and :limit',
    ],
    [{ items: { keys: 'select sku from articles' } }, 'source.entities.items.keys: must use :after'],
    [{ items: { changedAt: undefined } }, 'source.entities.items.changedAt: must say which column :since is compared with'],
    [{ orders: { insert: 'insert into a values (:sku)', find: 'select :jobId' } }, 'source.orders.insert'],
    [
      { orders: { insert: 'insert into a values (:jobId)', find: 'select 1' } },
      'source.orders.find: must use :jobId, by which a repeated job is found',
    ],
  ])('is refused with the setting and what to do: %j', async (more, problem) => expect(await fault(more)).toContain(problem));
});
