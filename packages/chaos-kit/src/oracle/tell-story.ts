import type { Pool } from 'pg';
import type { CallRecord, LedgerEntry } from '@repo/stand-in-erp/records';
import type { LogLine } from './judge-logs';

/** Where the parts of a story come from. */
export interface StorySources {
  pool: Pool;
  ledger: readonly LedgerEntry[];
  calls: readonly CallRecord[];
  logs: readonly LogLine[];
}

const MOST_LOG_LINES = 60;

/** Everything that is known of one order, so that what went wrong can be found from this alone. */
export async function tellStory(orderNumber: string, { pool, ledger, calls, logs }: StorySources): Promise<string> {
  const select = async (what: string, sql: string): Promise<string[]> => {
    const { rows } = await pool.query<Record<string, unknown>>(sql, [orderNumber]);
    return rows.map((row) => `  ${what} ${JSON.stringify(row)}`);
  };
  const ofOrder = 'from orders o join sync_jobs j on j.vendor_id = o.vendor_id and j.order_id = o.id';
  const { rows: jobs } = await pool.query<{ id: string; order_id: string }>(
    `select j.id, j.order_id ${ofOrder} where o.order_number = $1`,
    [orderNumber],
  );
  const ids = [...jobs.map(({ id }) => id), ...jobs.slice(0, 1).map(({ order_id }) => order_id)];
  const said = logs.filter(({ text }) => ids.some((id) => text.includes(id)));
  return [
    `story of order ${orderNumber}`,
    ...(await select(
      'order',
      `select id, vendor_id, erp_status, erp_reference, erp_sync_error, created_at, updated_at from orders where order_number = $1`,
    )),
    ...(await select('job', `select j.*, '…' as payload ${ofOrder} where o.order_number = $1 order by j.sequence`)),
    ...(await select(
      'attempt',
      `select a.*, j.operation ${ofOrder} join sync_job_attempts a on a.vendor_id = j.vendor_id and a.job_id = j.id
       where o.order_number = $1 order by a.started_at`,
    )),
    ...(await select(
      'dead letter',
      `select l.id, l.original_job_id, l.failure_code, l.failure_reason, l.resolved, l.resolution, l.resolved_at, l.created_at
       ${ofOrder} join dead_letter_queue l on l.vendor_id = j.vendor_id and l.original_job_id = j.id where o.order_number = $1`,
    )),
    ...ledger.filter((entry) => entry.orderNumber === orderNumber).map((entry) => `  in the ERP ${JSON.stringify(entry)}`),
    ...calls.filter((call) => call.orderNumber === orderNumber).map((call) => `  call ${JSON.stringify(call)}`),
    ...said.slice(0, MOST_LOG_LINES).map(({ process, text }) => `  ${process} ${text.slice(0, 1_000)}`),
    ...(said.length > MOST_LOG_LINES ? [`  … and ${said.length - MOST_LOG_LINES} more lines of logs`] : []),
  ].join('\n');
}
