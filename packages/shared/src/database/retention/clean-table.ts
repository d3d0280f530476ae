import type { Pool } from 'pg';
import { alongIndexes } from '../delivery/along-indexes';
import type { RetentionStep } from './retention-steps';

/** How many rows a step would remove now, by table. */
export async function countDue(pool: Pool, { table, due }: RetentionStep, days: number): Promise<Partial<Record<string, number>>> {
  if (table === 'sync_jobs') {
    const { rows } = await pool.query<{ jobs: number; attempts: number }>(
      `with due as (select vendor_id, id from sync_jobs old where ${due})
       select (select count(*)::int from due) as jobs,
         (select count(*)::int from sync_job_attempts attempt join due on attempt.vendor_id = due.vendor_id and attempt.job_id = due.id) as attempts`,
      [days],
    );
    return { sync_jobs: rows[0]?.jobs ?? 0, sync_job_attempts: rows[0]?.attempts ?? 0 };
  }
  const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from ${table} old where ${due}`, [days]);
  return { [table]: rows[0]?.n ?? 0 };
}

/**
 * Removes at most `most` rows of a step, in one statement that waits for nobody: rows that others have locked stay for the
 * next time. Returns how many were removed, by table.
 */
export function cleanTable(
  pool: Pool,
  { table, due }: RetentionStep,
  days: number,
  most: number,
): Promise<Partial<Record<string, number>>> {
  return alongIndexes(pool, async (client) => {
    if (table === 'sync_jobs') {
      const { rows } = await client.query<{ jobs: number; attempts: number }>(
        `with due as (select vendor_id, id from sync_jobs old where ${due} order by id limit $2 for update skip locked),
         attempts as (
           delete from sync_job_attempts attempt using due where attempt.vendor_id = due.vendor_id and attempt.job_id = due.id returning 1),
         jobs as (delete from sync_jobs job using due where job.vendor_id = due.vendor_id and job.id = due.id returning 1)
         select (select count(*)::int from jobs) as jobs, (select count(*)::int from attempts) as attempts`,
        [days, most],
      );
      return { sync_jobs: rows[0]?.jobs ?? 0, sync_job_attempts: rows[0]?.attempts ?? 0 };
    }
    const { rowCount } = await client.query(
      `delete from ${table} where ctid = any(array(select old.ctid from ${table} old where ${due} limit $2 for update skip locked))`,
      [days, most],
    );
    return { [table]: rowCount ?? 0 };
  });
}
