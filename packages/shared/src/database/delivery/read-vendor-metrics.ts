import type { VendorMetrics } from '@repo/contracts/operations/metrics-operations';
import type { Pool } from 'pg';
import { FINISHED, OPEN } from './job-ways';

interface Row extends Omit<VendorMetrics, 'successRate' | 'retryRate'> {
  tried: number;
  retried: number;
}

const JOBS = 'select id, status, attempt_no, created_at, completed_at from sync_jobs where vendor_id = $1';

// Ids carry the time: a window is a range of the index of finished jobs, and a vendor's older ones are not looked at. The database
// makes the bound, since its clock made the ids.
const READ = `
  with bound as (
    select lpad(to_hex(floor(extract(epoch from now() - make_interval(secs => $2)) * 1000)::bigint), 12, '0') as hex
  ), open as (
    ${OPEN.map((way) => `${JOBS} and ${way}`).join(' union all ')}
  ), jobs as (
    ${JOBS} and ${FINISHED} union all select * from open
  ), inside as (
    select status, attempt_no, extract(epoch from completed_at - created_at) * 1000 as latency
    from jobs where id >= (select (hex || '70008000000000000000')::uuid from bound)
  )
  select count(*)::int as total,
    count(*) filter (where status in ('pending', 'queued', 'processing', 'awaiting_callback'))::int as pending,
    count(*) filter (where status = 'completed')::int as completed,
    count(*) filter (where status = 'failed')::int as failed,
    round(avg(latency) filter (where status = 'completed'))::float8 as "avgLatencyMs",
    round(percentile_cont(0.95) within group (order by latency) filter (where status = 'completed'))::float8 as "p95LatencyMs",
    count(*) filter (where attempt_no > 0)::int as tried,
    count(*) filter (where attempt_no > 1)::int as retried,
    (select extract(epoch from now() - min(created_at))::float8 from open) as "oldestPendingAgeSeconds"
  from inside`;

/** How the jobs of a vendor fare that came to be within so many seconds. */
export async function readVendorMetrics(pool: Pool, vendorId: string, windowS: number): Promise<VendorMetrics> {
  const { rows } = await pool.query<Row>({ name: 'read-vendor-metrics', text: READ, values: [vendorId, windowS] });
  const { tried, retried, ...counts } = rows[0] as Row;
  const oldestPendingAgeSeconds = counts.oldestPendingAgeSeconds === null ? null : Math.max(0, counts.oldestPendingAgeSeconds);
  return {
    ...counts,
    oldestPendingAgeSeconds,
    successRate: share(counts.completed, counts.completed + counts.failed),
    retryRate: share(retried, tried),
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}
