import type { Pool } from 'pg';
import { explainPool, type Explained } from '../../../test/support/explain-pool';
import { useTestDatabase } from '../../../test/support/test-database';
import { cleanParked } from './clean-parked';
import { cleanTable } from './clean-table';
import { RETENTION_STEPS, type CleanedTable, type RetentionStep } from './retention-steps';

const KEPT = 3_000;
const DUE = 20;
/** Of each table: what is due, a few times; a look at what is kept takes thousands. */
const MOST_ROWS = 150;
const DAYS = 90;

const test = useTestDatabase();
/** `ago` days of each row, under the names `n` and `at`. */
const made = `(select n, now() - make_interval(days => case when n <= ${DUE} then 100 else 10 end) as at,
  uuidv7(make_interval(days => case when n <= ${DUE} then -100 else -10 end)) as id from generate_series(1, ${KEPT + DUE}) as n) as made`;
const synced = 'content_hash, last_synced_at, touched_at, updated_at, change_seq, key_hash, row_digest, deleted_at';
/** Most rows live; some were deleted lately. */
const asSynced = `'h', at, at, at, 1, n, n, case when n <= ${DUE} * 2 then at end`;

const FILL = [
  `insert into orders (vendor_id, id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included, erp_status)
   select 'v' || n % 5, id, 'O' || n, 'C', 0, 0, 0, 'confirmed' from ${made}`,
  `insert into sync_jobs (vendor_id, id, order_id, operation, status, sequence, payload, attempts_allowed, expires_at, correlation_id, created_at, completed_at)
   select vendor_id, id, id, 'create_order', case when random() < 0.1 then 'failed' else 'completed' end, 1, '{}', 5, now(), 'c',
     uuid_extract_timestamp(id), uuid_extract_timestamp(id) from orders`,
  `insert into sync_job_attempts (vendor_id, job_id, attempt, started_at) select vendor_id, id, 1, now() from sync_jobs`,
  `insert into dead_letter_queue (vendor_id, id, original_job_id, operation, payload, failure_code, failure_reason, attempt_count, resolved, resolved_at, resolution)
   select vendor_id, id, id, 'create_order', '{}', 'rejected', 'r', 1, true, completed_at, 'resolved' from sync_jobs where order_id in (
     select id from orders order by id desc limit 1000) or id in (select id from sync_jobs order by id limit 5)`,
  `insert into reconciliation_events (vendor_id, id, entity, event_type, summary, timestamp)
   select 'v' || n % 5, id, 'items', 'in_sync', '{}', at from ${made}`,
  `insert into snapshots (vendor_id, id, entity, status, started_at, expires_at, closed_at, has_keys)
   select 'v' || n % 5, id, 'items', 'committed', at, at, at, false from ${made}`,
  `insert into alerts (id, kind, subject, detail, raised_at, cleared_at) select id, 'clock_skew', n::text, 'd', at, at from ${made}`,
  `insert into schedule_runs (id, schedule, tick_at, instance, finished_at, outcome)
   select id, 's' || n % 5, at + make_interval(secs => n), 'i', at, 'succeeded' from ${made}`,
  `insert into audit_log (id, at, actor, action, target) select id, at, 'a', 'x', 't' from ${made}`,
  `insert into items (vendor_id, sku, name, erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate, ${synced})
   select 'v' || n % 5, 'S' || n, 'n', 'u', 'v', 'u', 'u', 'v', 1, ${asSynced} from ${made}`,
  `insert into warehouses (vendor_id, erp_warehouse_id, code, name, ${synced}) select 'v' || n % 5, 'W' || n, 'c', 'n', ${asSynced} from ${made}`,
  `insert into stock (vendor_id, erp_warehouse_id, sku, real_stock, virtual_stock, reserved_quantity, ${synced})
   select 'v' || n % 5, 'W' || n, 'S' || n, 1, 1, 1, ${asSynced} from ${made} where n > ${DUE / 2}`,
  `insert into parked_rows (vendor_id, entity, key, payload, content_hash, last_synced_at, key_hash, row_digest, reason, waits_for, first_seen_at, last_seen_at)
   select 'v' || n, 'items', 'S' || n, '{}', 'h', at, n, n, 'unmapped_unit', '{unit:X}', at, at from ${made}`,
];
const TABLES = ['orders', 'order_items', ...new Set(FILL.map((text) => /insert into (\w+)/.exec(text)?.[1] ?? ''))];

describe.each([
  ['statistics of empty tables', [`vacuum analyze ${TABLES.join(', ')}`], []],
  ['true statistics', [], [`analyze ${TABLES.join(', ')}`]],
])('beside many rows that are kept, with %s', (_name, before, after) => {
  beforeAll(async () => {
    const { pool } = test;
    await pool.query(`truncate ${TABLES.join(', ')} cascade`);
    for (const table of TABLES) await pool.query(`alter table ${table} set (autovacuum_enabled = false)`);
    for (const statement of [...before, ...FILL, ...after]) await pool.query(statement);
  });

  async function explain(work: (pool: Pool) => Promise<unknown>): Promise<Explained> {
    const { pool, explained } = explainPool(test.pool);
    await work(pool);
    const [first] = explained;
    if (first === undefined) throw new Error('nothing was explained');
    return first;
  }

  it.each(RETENTION_STEPS.map((step): [CleanedTable, RetentionStep] => [step.table, step]))(
    'a batch of %s looks at little more than it removes',
    async (table, step) => {
      const did = await explain((pool) => cleanTable(pool, step, DAYS, 5_000));
      expect(did.wholeTables).toEqual([]);
      for (const each of TABLES) expect(did.looked(each)).toBeLessThanOrEqual(MOST_ROWS);
      expect(did.looked(table)).toBeGreaterThan(DUE / 4);
    },
  );

  it('finding parked rows that are due does, too', async () => {
    const did = await explain((pool) => cleanParked(pool, DAYS, 5_000));
    expect(did.wholeTables).toEqual([]);
    expect(did.indexes('parked_rows')).toEqual(['parked_rows_first_seen']);
    expect(did.looked('parked_rows')).toBe(1);
  });
});
