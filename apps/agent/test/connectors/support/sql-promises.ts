import { randomUUID } from 'node:crypto';
import type { SqlConnector } from '../../../src/connectors/sql/sql-connector';
import { inShort, NEVER, readAll, readKeys } from './csv-folder';
import { orderCalled, referenceOf } from './orders';
import { sqlConfig, sqlConnector, TABLES, type TestDatabase } from './sql-source';

/** What holds for every kind of database. */
export function describeSqlSource(open: () => Promise<TestDatabase>): void {
  let source: TestDatabase;
  const opened: SqlConnector[] = [];
  const connect = (more: Record<string, unknown> = {}, now?: () => number) => {
    const connector = sqlConnector(source, more, now);
    opened.push(connector);
    return connector;
  };
  const items = (more: Record<string, unknown>, rest: Record<string, unknown> = {}) => ({
    ...rest,
    entities: { items: { ...sqlConfig(source).entities.items, ...more } },
  });
  const article = (sku: string, stamped: string, label = sku) =>
    source.execute(`insert into articles (sku, label, price, stamped) values ('${sku}', '${label}', 1.50, '${stamped}')`);

  beforeEach(async () => {
    source = await open();
    await source.execute(TABLES(source.words.time));
  });
  afterEach(async () => {
    for (const connector of opened.splice(0)) await connector.close();
  });

  describe('rows of a database', () => {
    it('come as the contract wants them, with the time of their change', async () => {
      await article('A1', '2026-01-31 08:30:00.25', 'Crème');
      const { records } = await readAll(connect());
      expect(records).toEqual([
        {
          kind: 'row',
          row: { sku: 'A1', name: 'Crème', unitPrice: '1.5', isActive: true, erpUnitCode: 'PCE', erpVatCode: '1' },
          changedAt: new Date('2026-01-31T08:30:00.250Z'),
        },
      ]);
    });

    it('of one moment are read over all page boundaries, each once', async () => {
      for (let row = 0; row < 10; row++) await article(`A${row}`, '2026-01-31 08:30:00');
      await article('B', '2026-01-31 08:30:01');
      const expected = [...Array.from({ length: 10 }, (_, row) => `A${row}`), 'B'];
      for (const pageRows of [1, 2, 3, 5, 10, 11, 12]) {
        const { records } = await readAll(connect({ pageRows }));
        expect(records.map((record) => inShort([record])[0]?.split('=')[0])).toEqual(expected);
      }
    });

    it('that were committed late are found while the overlap lasts', async () => {
      await article('A1', '2026-01-31 08:30:00');
      const connector = connect();
      const { cursor } = await readAll(connector);
      // Changed before A1, committed after it was read; and another that is later than any commit may be.
      await article('A0', '2026-01-31 08:29:10');
      await article('A9', '2026-01-31 08:28:50');
      const again = await readAll(connector, 'items', cursor);
      expect(inShort(again.records)).toEqual(['A0=A0', 'A1=A1']);
      await article('A2', '2026-01-31 08:45:00');
      expect(inShort((await readAll(connector, 'items', again.cursor)).records)).toEqual(['A0=A0', 'A1=A1', 'A2=A2']);
    });

    it('are not read again and again when nothing has changed for as long as the overlap', async () => {
      let now = 1_000_000;
      for (let row = 0; row < 5; row++) await article(`A${row}`, '2026-01-31 08:30:00');
      const connector = connect({}, () => now);
      const first = await readAll(connector);
      now += 30_000;
      const second = await readAll(connector, 'items', first.cursor);
      expect(second.records).toHaveLength(5);
      now += 31_000;
      const third = await readAll(connector, 'items', second.cursor);
      expect(third.records).toHaveLength(5);
      const fourth = await readAll(connector, 'items', third.cursor);
      expect(fourth.records).toEqual([]);
      await article('A9', '2026-01-31 08:30:00');
      const fifth = await readAll(connector, 'items', fourth.cursor);
      expect(inShort(fifth.records)).toEqual(['A9=A9']);
      expect((await readAll(connector, 'items', fifth.cursor)).records).toHaveLength(6);
    });

    it('are gone on with where a run was cut off', async () => {
      for (let row = 0; row < 9; row++) await article(`A${row}`, `2026-01-31 08:3${row}:00`);
      const connector = connect();
      const cursors: (string | null)[] = [];
      for await (const { cursor } of connector.readChanged('items', null, NEVER)) {
        cursors.push(cursor);
        if (cursors.length === 2) break;
      }
      expect(inShort((await readAll(connector, 'items', cursors[1])).records)).toEqual(['A4=A4', 'A5=A5', 'A6=A6', 'A7=A7', 'A8=A8']);
    });

    it('without a time of change are all read every time', async () => {
      await source.execute(
        "insert into stock_levels (depot, sku, quantity) values ('1', 'A', 2), ('1', 'B', -1), ('2', 'A', 0.5), ('2', 'B', 0)",
      );
      const { records, cursor } = await readAll(connect(), 'stock');
      expect(records.map((record) => (record.kind === 'row' ? record.row['realStock'] : record))).toEqual(['2', '-1', '0.5', '0']);
      expect(cursor).toBeNull();
    });

    it('give their keys, and are found by them', async () => {
      await source.execute(
        "insert into stock_levels (depot, sku, quantity) values ('1', 'A', 2), ('1', 'B', -1), ('2', 'A', 0.5), ('2', 'B', 0)",
      );
      for (let row = 0; row < 4; row++) await article(`A${row}`, '2026-01-31 08:30:00');
      const connector = connect();
      expect(await readKeys(connector)).toEqual({ keys: ['A0', 'A1', 'A2', 'A3'], unreadable: 0 });
      expect((await readKeys(connector, 'stock')).keys).toEqual(['1\u001fA', '1\u001fB', '2\u001fA', '2\u001fB']);
      expect(inShort(await connector.readRows('items', ['A3', 'none', "A1' or '1'='1", 'A0', 'A2'], NEVER)).sort()).toEqual([
        'A0=A0',
        'A2=A2',
        'A3=A3',
      ]);
      const stock = await connector.readRows('stock', ['1\u001fB', '2\u001fA', '2\u001fC'], NEVER);
      expect(stock.map((record) => record.kind === 'row' && [record.row['erpWarehouseId'], record.row['sku']])).toEqual([
        ['1', 'B'],
        ['2', 'A'],
      ]);
    });

    it('that cannot be read are told by their key', async () => {
      await source.execute("insert into articles (sku, stamped) values ('A1', '2026-01-31 08:30:00')");
      expect(await connect().readRows('items', ['A1'], NEVER)).toEqual([
        { kind: 'bad', where: 'items A1', key: 'A1', problem: 'name: nothing in column label, and every row needs it' },
      ]);
    });

    it('cannot be written by what shall read them', async () => {
      const deleting = connect(items({ rows: 'delete from articles returning *' }));
      await article('A1', '2026-01-31 08:30:00');
      await expect(deleting.readRows('items', ['A1'], NEVER)).rejects.toMatchObject({ transient: false });
      expect((await readKeys(connect())).keys).toEqual(['A1']);
    });

    it('are not read for ever by a query that forgets its parameters', async () => {
      for (let row = 0; row < 4; row++) await article(`A${row}`, '2026-01-31 08:30:00');
      const round = connect(items({ keys: "select sku from articles where :after <> '-' order by sku limit :limit" }));
      await expect(readKeys(round)).rejects.toThrow('items.keys: does not go on from page to page');
    });
  });

  describe('an order in a database', () => {
    const sales = async () => {
      const reader = connect();
      const order = orderCalled();
      return { connector: reader, order, reference: referenceOf(order) };
    };
    const count = async (table: string, where = '1 = 1') => {
      const query = `select '${table}' as sku, count(*) as label, null as price, null as stamped, null as active from ${table} where ${where} and :keys is not null`;
      const [record] = await connect(
        items({ rows: source.words.keys.includes('json') ? query : query.replace(':keys', ':keys::text[]') }),
      ).readRows('items', ['x'], NEVER);
      return record?.kind === 'row' ? Number(record.row['name']) : -1;
    };

    it('is written with its lines, gets its reference, and is found', async () => {
      const { connector, order, reference } = await sales();
      expect(await connector.findOrder(reference, NEVER)).toBeUndefined();
      expect(await connector.createOrder(order, reference, NEVER)).toEqual({ status: 'completed', erpReference: '1' });
      expect(await connector.findOrder(reference, NEVER)).toEqual({ status: 'completed', erpReference: '1' });
      expect([await count('sales'), await count('sale_lines')]).toEqual([1, 2]);
      expect(await count('sale_lines', "sale = '1' and sku = 'A1' and quantity = 2.5 and vat = 0.41")).toBe(1);
    });

    it('that is sent again is found, one after the other and at once', async () => {
      const { connector, order, reference } = await sales();
      const outcomes = await Promise.all([1, 2, 3].map(() => connector.createOrder(order, reference, NEVER)));
      outcomes.push(await connect().createOrder(order, reference, NEVER));
      expect(outcomes).toEqual(outcomes.map(() => ({ status: 'completed', erpReference: '1' })));
      expect([await count('sales'), await count('sale_lines')]).toEqual([1, 2]);
    });

    it('that is sent again is found also where the database would take it twice', async () => {
      await source.execute('create table loose (job text, num text)');
      const orders = {
        insert: 'insert into loose values (:jobId, :orderNumber)',
        find: 'select count(*) as reference from loose where job = :jobId having count(*) > 0',
      };
      const connector = connect({ orders });
      const order = orderCalled();
      const reference = referenceOf(order);
      for (let time = 0; time < 2; time++) {
        expect(await connector.createOrder(order, reference, NEVER)).toEqual({ status: 'completed', erpReference: '1' });
      }
    });

    it('that the database refuses leaves nothing, and fails for good with its words', async () => {
      const { connector, order, reference } = await sales();
      const [first, ...rest] = order.lines;
      const lines = [...rest, { ...(first ?? rest[0]!), sku: 'unknown' }];
      expect(await connector.createOrder({ ...order, lines }, reference, NEVER)).toMatchObject({
        status: 'failed',
        retryable: false,
        error: expect.stringContaining('the database says: ') as string,
      });
      expect([await count('sales'), await count('sale_lines')]).toEqual([0, 0]);
      expect(await connector.findOrder(reference, NEVER)).toBeUndefined();
    });

    it('cannot be more than a value, whatever it holds', async () => {
      const { connector, order, reference } = await sales();
      const nasty = { ...order, erpCustomerCode: "'); drop table sales; --", shippingAddress: { city: ":jobId $1 ?1 ''" } };
      expect(await connector.createOrder(nasty, reference, NEVER)).toMatchObject({ status: 'completed' });
      expect(await count('sales')).toBe(1);
    });

    it('is what the query says of it later', async () => {
      const { connector, order, reference } = await sales();
      await connector.createOrder(order, reference, NEVER);
      await source.execute("update sales set state = 'waits'");
      expect(await connector.findOrder(reference, NEVER)).toEqual({ status: 'accepted' });
      await source.execute("update sales set state = 'no credit'");
      expect(await connector.findOrder(reference, NEVER)).toEqual({ status: 'failed', error: 'no credit', retryable: false });
    });

    it('is cancelled by its statement, and not at all without one', async () => {
      const { connector, order, reference } = await sales();
      await connector.createOrder(order, reference, NEVER);
      const cancel = { ...reference, jobId: randomUUID(), erpReference: '1' };
      expect(await connector.cancelOrder(cancel, NEVER)).toEqual({ status: 'completed', erpReference: '1' });
      expect(await connector.findOrder(reference, NEVER)).toMatchObject({ error: 'cancelled' });
      const { cancel: _cancel, ...orders } = sqlConfig(source).orders!;
      expect(await connect({ orders }).cancelOrder(cancel, NEVER)).toMatchObject({ status: 'failed', retryable: false });
      const find = "select 'failed' as status, 'it was delivered' as error from sales where num = :orderNumber";
      const asks = connect({ orders: { ...orders, cancel: { statements: 'delete from sales where 1 = 0', find } } });
      expect(await asks.cancelOrder(cancel, NEVER)).toMatchObject({ status: 'failed', error: 'it was delivered' });
      expect(await asks.cancelOrder({ ...cancel, orderNumber: 'none' }, NEVER)).toMatchObject({ status: 'completed' });
    });
  });

  describe('the check of a database', () => {
    it('finds nothing wrong with what works', async () => {
      await article('A1', '2026-01-31 08:30:00');
      expect(await connect().check(NEVER)).toEqual([]);
    });

    it('names the query and what is wrong with it', async () => {
      const fields = { ...sqlConfig(source).entities.items?.fields, unitPrice: 'prix' };
      const wrong = items({ fields, keys: 'select sku from artikel where sku > :after limit :limit', key: 'sku' });
      const orders = { ...sqlConfig(source).orders, find: 'select 1 from sales where jobb = :jobId' };
      const problems = await connect({ ...wrong, orders }).check(NEVER);
      expect(problems).toEqual([
        'items.changed: column `prix` not found: there is `price`',
        expect.stringMatching(/^items.keys: the database says: .*artikel/),
        'items.rows: column `prix` not found: there is `price`',
        expect.stringMatching(/^orders.find: the database says: .*jobb/),
      ]);
    });
  });
}
