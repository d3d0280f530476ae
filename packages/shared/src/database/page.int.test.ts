import { explainDb, type Explained } from '../../test/support/explain-pool';
import { useTestDatabase } from '../../test/support/test-database';
import type { Db } from './connect';
import { listDeadLetters } from './delivery/dead-letters';
import { listJobs } from './delivery/read-jobs';
import { listOrders } from './orders/read-orders';
import type { Page, PageRequest } from './page';
import { listEvents } from './reconciliation/reconciliation-events';
import { listAudit } from './repositories/audit-log.repository';
import { listMappings } from './repositories/erp-code-mappings.repository';
import { listSnapshots } from './snapshots/list-snapshots';

const VENDORS = 4;
const ROWS = 8_000;
const OPEN = 40;
/** Far behind the first page, and before the end of what one vendor has. */
const PAGE: PageRequest = { page: 90, limit: 20 };

const test = useTestDatabase();

/** Rows of all vendors one after the other, as they come: those of one are on every page of the table. */
const made = `(select n, 'v' || n % ${VENDORS} as vendor_id, uuidv7(make_interval(secs => n - ${ROWS})) as id from generate_series(1, ${ROWS}) as n) as made`;
const open = `n > ${ROWS - OPEN}`;
const FILL = [
  `insert into orders (vendor_id, id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included, erp_status)
   select vendor_id, id, 'O' || n, 'C', 0, 0, 0, case when ${open} then 'pending' when n / ${VENDORS} % 20 = 0 then 'cancelled' else 'confirmed' end from ${made}`,
  `insert into sync_jobs (vendor_id, id, order_id, operation, status, sequence, payload, attempts_allowed, expires_at, correlation_id, completed_at, held_reason)
   select orders.vendor_id, id, id, case when n / ${VENDORS} % 20 = 1 then 'cancel_order' else 'create_order' end,
     case when ${open} then 'pending' when n / ${VENDORS} % 20 = 0 then 'cancelled' else 'completed' end, 1, '{}', 5, now(), 'c',
     case when not ${open} then now() end, case when ${open} and n / ${VENDORS} % 2 = 0 then 'agent_offline' end
   from (select *, substr(order_number, 2)::int as n from orders) as orders`,
  `insert into dead_letter_queue (vendor_id, id, original_job_id, operation, payload, failure_code, failure_reason, attempt_count, resolved, resolved_at, resolution)
   select vendor_id, id, id, operation, '{}', 'rejected', 'r', 1, true, now(), 'resolved' from sync_jobs`,
  `insert into reconciliation_events (vendor_id, id, entity, event_type, summary, timestamp) select vendor_id, id, 'items', 'in_sync', '{}', now() from ${made}`,
  `insert into snapshots (vendor_id, id, entity, status, started_at, expires_at, closed_at, has_keys)
   select vendor_id, id, 'items', 'committed', now(), now(), now(), false from ${made}`,
  `insert into erp_code_mappings (vendor_id, id, mapping_type, erp_code, resto_code, resto_label, changed_in) select vendor_id, id, 'unit', n, 'R', 'L', 1 from ${made}`,
  `insert into audit_log (id, at, actor, action, target, vendor_id) select id, now(), 'a', 'x', 't', vendor_id from ${made}`,
];
const TABLES = FILL.map((text) => /insert into (\w+)/.exec(text)?.[1] ?? '').join(', ');

type List = (db: Db, page: PageRequest) => Promise<Page<{ id: string }>>;

describe.each([
  ['true statistics', `vacuum analyze ${TABLES}`],
  ['no statistics but how large tables are', `vacuum ${TABLES}`],
])('a page of a long list, with %s', (_name, vacuum) => {
  beforeAll(async () => {
    const { client } = test;
    await client.query(`truncate ${TABLES} cascade`);
    await client.query('delete from pg_statistic where starelid::regclass::text = any($1)', [TABLES.split(', ')]);
    for (const table of TABLES.split(', ')) await client.query(`alter table ${table} set (autovacuum_enabled = false)`);
    // A vacuum leaves out what is not on disk yet; and what is read from an index alone is what a vacuum has seen.
    await client.query('set synchronous_commit = on');
    for (const statement of FILL) await client.query(statement);
    await client.query(vacuum);
  });

  const explain = async (list: List, page: PageRequest): Promise<{ rows: Explained; count: Explained }> => {
    const [rows, count] = await explainDb(test.pool, (db) => list(db, page));
    if (rows === undefined || count === undefined) throw new Error('a list is two statements');
    return { rows, count };
  };

  it.each<[string, string, List]>([
    ['jobs', 'sync_jobs', (db, page) => listJobs(db, {}, page)],
    ['jobs of a vendor', 'sync_jobs', (db, page) => listJobs(db, { vendorId: 'v1' }, page)],
    ['finished jobs of a vendor', 'sync_jobs', (db, page) => listJobs(db, { vendorId: 'v1', status: 'completed' }, page)],
    ['orders', 'orders', (db, page) => listOrders(db, {}, page)],
    ['orders of a vendor', 'orders', (db, page) => listOrders(db, { vendorId: 'v1' }, page)],
    ['confirmed orders of a vendor', 'orders', (db, page) => listOrders(db, { vendorId: 'v1', erpStatus: 'confirmed' }, page)],
    ['dead letters', 'dead_letter_queue', (db, page) => listDeadLetters(db, {}, page)],
    ['dead letters of a vendor', 'dead_letter_queue', (db, page) => listDeadLetters(db, { vendorId: 'v1' }, page)],
    ['events', 'reconciliation_events', (db, page) => listEvents(db, {}, page)],
    ['events of a vendor', 'reconciliation_events', (db, page) => listEvents(db, { vendorId: 'v1' }, page)],
    ['snapshots', 'snapshots', (db, page) => listSnapshots(db, {}, page)],
    ['snapshots of a vendor', 'snapshots', (db, page) => listSnapshots(db, { vendorId: 'v1' }, page)],
    ['mappings', 'erp_code_mappings', (db, page) => listMappings(db, {}, page)],
    ['mappings of a vendor', 'erp_code_mappings', (db, page) => listMappings(db, { vendorId: 'v1' }, page)],
    ['the audit log', 'audit_log', (db, page) => listAudit(db, {}, page)],
    ['the audit log of a vendor', 'audit_log', (db, page) => listAudit(db, { vendorId: 'v1' }, page)],
  ])('of %s reads from the table what is on the page, and nothing that is before it', async (_what, table, list) => {
    const { rows } = await explain(list, PAGE);
    expect(rows.fetched(table)).toBe(PAGE.limit);
  });

  it.each<[string, string, number, List]>([
    ['jobs of a vendor', 'sync_jobs', 0, (db, page) => listJobs(db, { vendorId: 'v1' }, page)],
    ['finished jobs of a vendor', 'sync_jobs', 0, (db, page) => listJobs(db, { vendorId: 'v1', status: 'completed' }, page)],
    // Open ones are read from the table.
    ["a vendor's jobs that create", 'sync_jobs', 2 * OPEN, (db, page) => listJobs(db, { vendorId: 'v1', operation: 'create_order' }, page)],
    ['orders of a vendor', 'orders', 0, (db, page) => listOrders(db, { vendorId: 'v1' }, page)],
    ['confirmed orders of a vendor', 'orders', 0, (db, page) => listOrders(db, { vendorId: 'v1', erpStatus: 'confirmed' }, page)],
    ['cancelled orders of a vendor', 'orders', 0, (db, page) => listOrders(db, { vendorId: 'v1', erpStatus: 'cancelled' }, page)],
  ])('of %s counts in an index', async (_what, table, most, list) => {
    const { count } = await explain(list, PAGE);
    expect(count.fetched(table)).toBeLessThanOrEqual(most);
  });

  it.each<[string, List, string]>([
    ['jobs', (db, page) => listJobs(db, { vendorId: 'v1' }, page), `sync_jobs where vendor_id = 'v1'`],
    [
      'jobs that create',
      (db, page) => listJobs(db, { vendorId: 'v1', operation: 'create_order' }, page),
      `sync_jobs where vendor_id = 'v1' and operation = 'create_order'`,
    ],
    [
      'confirmed orders',
      (db, page) => listOrders(db, { vendorId: 'v1', erpStatus: 'confirmed' }, page),
      `orders where vendor_id = 'v1' and erp_status = 'confirmed'`,
    ],
    ['audit log', (db, page) => listAudit(db, { vendorId: 'v1' }, page), `audit_log where vendor_id = 'v1'`],
  ])('has the very rows of its place, newest first, and the total: %s', async (_what, list, plain) => {
    const { rows: all } = await test.pool.query<{ id: string }>(`select id from ${plain} order by id desc`);
    for (const page of [1, 90, 1_000]) {
      const { data, meta } = await list(test.database.db, { page, limit: 20 });
      expect(data.map(({ id }) => id)).toEqual(all.slice((page - 1) * 20, page * 20).map(({ id }) => id));
      expect(meta).toEqual({ page, limit: 20, total: all.length, totalPages: Math.ceil(all.length / 20) });
    }
  });
});
