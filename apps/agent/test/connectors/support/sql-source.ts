import { SqlConfig } from '../../../src/connectors/sql/sql-config';
import { SqlConnector } from '../../../src/connectors/sql/sql-connector';

/** A database of one test, and how its dialect writes what differs. */
export interface TestDatabase {
  database: Record<string, unknown>;
  execute(sql: string): Promise<unknown>;
  /** The column type of a time, and a list of keys as a set. */
  words: { time: string; keys: string; stockKeys: string };
}

export const TABLES = (time: string) => `
  create table articles (sku text primary key, label text, price numeric(20, 4), stamped ${time}, active boolean default true);
  create table stock_levels (depot text, sku text, quantity numeric(20, 4), stamped ${time}, primary key (depot, sku));
  create table sales (id integer primary key, job text not null unique, num text check (num <> 'refuse'), customer text, city text, state text default 'new');
  create table sale_lines (sale text, no integer, sku text not null check (sku <> 'unknown'), quantity numeric(20, 4), vat numeric(20, 4));
`;

const ITEM_COLUMNS = 'sku, label, price, stamped, active';

/** A configuration of the tables above, with `more` over it. */
export function sqlConfig({ database, words }: TestDatabase, more: Record<string, unknown> = {}): SqlConfig {
  return SqlConfig.parse({
    kind: 'sql',
    database,
    pageRows: 3,
    entities: {
      items: {
        changed: `select ${ITEM_COLUMNS} from articles where (stamped, sku) > (:since, :after) order by stamped, sku limit :limit`,
        changedAt: { column: 'stamped', zone: 'UTC' },
        keys: 'select sku from articles where sku > :after order by sku limit :limit',
        rows: `select ${ITEM_COLUMNS} from articles where sku in (${words.keys})`,
        key: 'sku',
        fields: {
          sku: 'sku',
          name: 'label',
          unitPrice: 'price',
          isActive: 'active',
          erpUnitCode: { constant: 'PCE' },
          erpVatCode: { constant: '1' },
        },
      },
      stock: {
        changed: 'select * from stock_levels where (depot, sku) > (:after.depot, :after.sku) order by depot, sku limit :limit',
        keys: 'select depot, sku from stock_levels where (depot, sku) > (:after.depot, :after.sku) order by depot, sku limit :limit',
        rows: `select * from stock_levels where ${words.stockKeys}`,
        key: ['depot', 'sku'],
        fields: {
          sku: 'sku',
          erpWarehouseId: 'depot',
          realStock: 'quantity',
          virtualStock: 'quantity',
          reservedQuantity: { constant: 0 },
        },
      },
    },
    orders: {
      insert: `insert into sales (id, job, num, customer, city)
        values ((select coalesce(max(id), 0) + 1 from sales), :jobId, :orderNumber, :erpCustomerCode, :shippingAddress.city) returning id as reference`,
      insertLine: 'insert into sale_lines (sale, no, sku, quantity, vat) values (:reference, :lineNo, :sku, :quantity, :lineVatAmount)',
      find: `select id as reference, case state when 'new' then 'completed' when 'waits' then 'accepted' else 'failed' end as status, state as error
        from sales where job = :jobId`,
      cancel: { statements: "update sales set state = 'cancelled' where num = :orderNumber" },
    },
    ...more,
  });
}

/** A connector of them; `now` is the agent's clock. */
export function sqlConnector(source: TestDatabase, more: Record<string, unknown> = {}, now?: () => number): SqlConnector {
  return new SqlConnector(sqlConfig(source, more), undefined, now);
}
