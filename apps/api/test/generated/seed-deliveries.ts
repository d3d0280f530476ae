import type { Pool } from 'pg';

/** Ids that an order, its job and its dead letter share, so that whatever a generated request is about, it hits something. */
export const DELIVERY_IDS = Array.from({ length: 40 }, (_, n) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`);

/** Writes orders of a vendor at every stage of their way to the ERP, in turns; nothing moves them but requests. */
export async function seedDeliveries(pool: Pool, vendorId: string): Promise<void> {
  await pool.query(
    `with stage as (
       select id::uuid, n, (array['pending', 'awaiting_callback', 'failed', 'failed', 'completed', 'cancelled'])[n % 6 + 1] as status
       from unnest($2::text[]) with ordinality as given(id, n)
     ), placed as (
       insert into orders (vendor_id, id, order_number, erp_customer_code, amount_vat_excluded, vat_amount, amount_vat_included, erp_status)
       select $1, id, 'G-' || n, 'C', 0, 0, 0, case status when 'pending' then 'pending' when 'awaiting_callback' then 'syncing'
         when 'failed' then 'failed' when 'completed' then 'confirmed' else 'cancelled' end
       from stage
     ), jobs as (
       insert into sync_jobs (vendor_id, id, order_id, operation, status, sequence, payload, attempt_no, sent_attempt, attempts_spent,
         attempts_allowed, callback_deadline_at, correlation_id, expires_at)
       select $1, id, id, 'create_order', status, 1, '{}', case status when 'pending' then 0 else 1 end, case status when 'pending' then 0 else 1 end,
         0, 5, case status when 'awaiting_callback' then now() + interval '1 day' end, 'generated', now() + interval '1 day'
       from stage
     )
     insert into dead_letter_queue (vendor_id, id, original_job_id, operation, payload, failure_code, failure_reason, attempt_count)
     select $1, id, id, 'create_order', '{}', 'rejected', 'r', 1 from stage where status = 'failed'`,
    [vendorId, DELIVERY_IDS],
  );
}

/** How many jobs and dead letters contradict one another: none, whatever was done to them. */
export async function contradictions(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `select count(*)::int as n from sync_jobs job left join lateral (
       select bool_or(not resolved) as open, max(resolution) filter (where resolution = 'resolved') as resolved
       from dead_letter_queue letter where letter.vendor_id = job.vendor_id and letter.original_job_id = job.id
     ) letters on true
     where coalesce(letters.open, false) and job.status <> 'failed'
       or job.status = 'failed' and not coalesce(letters.open, false) and letters.resolved is null`,
  );
  return rows[0]?.n ?? -1;
}
