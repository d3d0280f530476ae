import { Client } from 'pg';

export const VENDORS = 100;
const DAYS = 30;

/** A name in SQL for the vendor of the `n`th row: rows of all vendors come one after the other, as in life. */
const VENDOR = `'vendor-' || n % ${VENDORS}`;

/** An id and a time of the `n`th of `of` rows, the first one `DAYS` days ago and the last one now. */
const ago = (of: number) => `make_interval(secs => -${DAYS * 86_400} * (1 - n / ${of}::float8))`;

/** How large what was loaded is, in bytes with indexes. */
export interface LoadedSizes {
  database: number;
  items: number;
  /** Orders with their lines, jobs, tries and dead letters. */
  orders: number;
}

/** So many rows in all tables that ops look at: `rows` jobs and items, everything else in proportion. */
export async function loadOperationsData(databaseUrl: string, rows: number): Promise<LoadedSizes> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // What is made here refers to what is there: checks of foreign keys would take most of the time.
    await client.query('set session_replication_role = replica');
    for (const statement of [...orders(rows), ...rest(rows)]) await client.query(statement);
    await client.query('vacuum analyze');
    const { rows: sizes } = await client.query<Record<keyof LoadedSizes, string>>(
      `select pg_database_size(current_database()) as database, pg_total_relation_size('items') as items,
         (select sum(pg_total_relation_size(name::regclass)) from unnest('{orders,order_items,sync_jobs,sync_job_attempts,dead_letter_queue}'::text[]) as name) as orders`,
    );
    const [size] = sizes;
    return { database: Number(size?.database), items: Number(size?.items), orders: Number(size?.orders) };
  } finally {
    await client.end();
  }
}

const open = (jobs: number) => `n > ${Math.floor(jobs * 0.998)}`;

/** Of 100 orders 2 failed, 1 was cancelled before any try, 2 were cancelled afterwards; of all, the newest 2 in 1,000 are open. */
function orders(jobs: number): string[] {
  const placed = Math.floor((jobs * 100) / 102);
  const status = (cases: Record<'open' | 'failed' | 'cancelled' | 'late' | 'done', string>) =>
    `case when ${open(placed)} then ${cases.open} when n % 100 < 2 then ${cases.failed} when n % 100 = 2 then ${cases.cancelled}
      when n % 100 in (3, 4) then ${cases.late} else ${cases.done} end`;
  const made = `(select n, uuidv7(${ago(placed)}) as id, now() + ${ago(placed)} as at from generate_series(1, ${placed}) as n) as made`;
  return [
    `create temporary table made as select * from ${made}`,
    `insert into orders (vendor_id, id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included, erp_status, erp_reference, created_at, updated_at)
     select ${VENDOR}, id, 'O-' || n, 'C-' || n % 5000, 100, 20, 120,
       ${status({ open: `'syncing'`, failed: `'failed'`, cancelled: `'cancelled'`, late: `'cancelled'`, done: `'confirmed'` })}, 'SO-' || n, at, at from made`,
    `insert into order_items (vendor_id, order_id, line_no, sku, description, quantity, unit_price, vat_rate, amount_vat_excluded, vat_amount)
     select ${VENDOR}, id, line, 'SKU-' || (n * line) % 10000, 'An article of the catalogue', 2, 25, 20, 50, 10 from made, generate_series(1, 2) as line`,
    `insert into sync_jobs (vendor_id, id, order_id, operation, status, sequence, attempt_no, attempts_spent, attempts_allowed, payload, correlation_id,
       created_at, started_at, completed_at, expires_at, held_reason, callback_deadline_at, lease_until, lease_token, error_code, error_message, erp_reference)
     select ${VENDOR}, id, id, 'create_order', status, 1, attempts, attempts, 5, jsonb_build_object('orderNumber', 'O-' || n, 'lines', '[]'::jsonb), id, at,
       at, case when status in ('completed', 'failed', 'cancelled') then at + interval '2 seconds' * (1 + n % 7) end, at + interval '7 days',
       case when status = 'pending' and n % 2 = 0 then 'agent_offline' end, case when status = 'awaiting_callback' then at + interval '1 hour' end,
       case when status = 'processing' then now() + interval '1 hour' end, case when status = 'processing' then id end,
       case when status = 'failed' then 'rejected' end, case when status = 'failed' then 'no such customer' end, 'SO-' || n
     from (select n, id, at, ${status({ open: `(array['pending', 'pending', 'processing', 'awaiting_callback'])[1 + n / ${VENDORS} % 4]`, failed: `'failed'`, cancelled: `'cancelled'`, late: `'completed'`, done: `'completed'` })} as status,
       ${status({ open: '1', failed: '5', cancelled: '0', late: '1', done: 'case when n % 20 = 0 then 3 else 1 end' })} as attempts from made) as jobs`,
    `insert into sync_jobs (vendor_id, id, order_id, operation, status, sequence, attempt_no, attempts_spent, attempts_allowed, payload, correlation_id, created_at, started_at, completed_at, expires_at)
     select ${VENDOR}, uuidv7(${ago(placed)} + interval '1 second'), id, 'cancel_order', 'completed', 2, 1, 1, 5, '{}', id, at, at, at + interval '3 seconds', at + interval '7 days'
     from made where n % 100 in (3, 4)`,
    `insert into sync_job_attempts (vendor_id, job_id, attempt, started_at, duration_ms, outcome, http_status)
     select vendor_id, id, attempt, started_at, 40, case when status = 'failed' then 'server_error' else 'completed' end, case when status = 'failed' then 500 else 200 end
     from sync_jobs, generate_series(1, attempt_no) as attempt`,
    // One dead letter in ten waits for a person.
    `insert into dead_letter_queue (vendor_id, id, original_job_id, operation, payload, failure_code, failure_reason, attempt_count, last_attempt_at, resolved, resolved_at, resolved_by, resolution, created_at)
     select vendor_id, uuidv7(created_at - now()), id, operation, payload, 'rejected', 'no such customer', 5, completed_at, done, case when done then completed_at + interval '1 hour' end,
       case when done then 'ops' end, case when done then 'resolved' end, completed_at
     from (select *, row_number() over (order by id) % 10 <> 0 as done from sync_jobs where status = 'failed') as failed`,
  ];
}

function rest(rows: number): string[] {
  const part = (share: number) => Math.max(VENDORS * 4, Math.floor(rows * share));
  const made = (count: number) =>
    `(select n, uuidv7(${ago(count)}) as id, now() + ${ago(count)} as at from generate_series(1, ${count}) as n) as made`;
  return [
    `insert into agent_registry (vendor_id, erp_type, mode, agent_url, auth_token_hash, last_heartbeat)
     select ${VENDOR}, 'Bench', 'push', 'http://127.0.0.1:1', 'x', case when n % 10 > 0 then now() + interval '1 day' end from generate_series(0, ${VENDORS - 1}) as n`,
    `insert into items (vendor_id, sku, name, barcode, erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate, unit_price, content_hash,
       last_synced_at, updated_at, touched_at, change_seq, key_hash, row_digest, deleted_at)
     select ${VENDOR}, 'SKU-' || n / ${VENDORS}, 'Article ' || n, '40' || lpad(n::text, 11, '0'), 'PCE', 'T1', 'PCE', 'Piece', 'VAT', 20, 25, md5(n::text),
       now(), now(), now(), n, hashtextextended(n::text, 0), n, case when n % 100 = 0 then now() - interval '1 day' * (n / ${VENDORS} % 90) end
     from generate_series(1, ${rows}) as n`,
    `insert into parked_rows (vendor_id, entity, key, payload, content_hash, last_synced_at, key_hash, row_digest, reason, waits_for, first_seen_at, last_seen_at)
     select ${VENDOR}, 'items', 'NEW-' || n, jsonb_build_object('sku', 'NEW-' || n, 'name', 'Article ' || n, 'barcode', '40' || lpad(n::text, 11, '0')), md5(n::text),
       at, n, n, 'unmapped_unit', array['unit:U' || n / ${VENDORS} % 20], at, at from ${made(part(0.05))}`,
    `insert into erp_code_mappings (vendor_id, id, mapping_type, erp_code, resto_code, resto_label, vat_rate, is_active, changed_in)
     select ${VENDOR}, id, (array['unit', 'vat', 'family', 'subfamily'])[1 + n / ${VENDORS} % 4], 'C' || n / ${VENDORS}, 'R' || n / ${VENDORS}, 'Label ' || n / ${VENDORS},
       case when n / ${VENDORS} % 4 = 1 then 20 end, n / ${VENDORS} % 20 > 0, 1 from ${made(part(0.02))}`,
    `insert into reconciliation_events (vendor_id, id, entity, event_type, summary, duration_ms, timestamp)
     select ${VENDOR}, id, (array['items', 'stock', 'warehouses'])[1 + n % 3],
       case n / ${VENDORS} % 50 when 0 then 'drift_detected' when 1 then 'drift_resolved' when 2 then 'agent_unreachable' else 'in_sync' end,
       jsonb_build_object('runId', id, 'calls', 2, 'bytes', 900, 'rows', '{}'::jsonb), 30, at from ${made(part(0.216))}`,
    `insert into snapshots (vendor_id, id, entity, status, started_at, expires_at, closed_at, tombstoned, present, has_keys)
     select ${VENDOR}, id, 'items', case when n % 50 = 0 then 'expired' else 'committed' end, at, at + interval '1 day', at + interval '1 minute', 3, 10000, false
     from ${made(part(0.009))}`,
    `insert into audit_log (id, at, actor, action, target, vendor_id, before, after, correlation_id)
     select id, at, 'ops', case when n % 1000 = 0 then 'retention.run' when n % 3 = 0 then 'dlq.resolve' else 'mapping.create' end, 'target-' || n,
       case when n % 1000 > 0 then ${VENDOR} end, '{}', '{"a": 1}', id from ${made(part(0.1))}`,
    `insert into alerts (id, kind, subject, vendor_id, detail, raised_at, cleared_at)
     select id, 'agent_offline', 'x-' || n, ${VENDOR}, 'd', at, at from ${made(part(0.005))}`,
    `insert into schedule_runs (id, schedule, tick_at, instance, started_at, finished_at, outcome)
     select id, 's' || n % 6, at, 'i', at, at, 'succeeded' from ${made(part(0.012))}`,
  ];
}
