import { sql } from 'drizzle-orm';
import type { Pool } from 'pg';
import type { Executor } from '../connect';
import { alongIndexes } from './along-indexes';
import type { LetterReference } from './close-dead-letter';

/** Dead letters that one statement marks, and one round of the sweep works off, at most. */
export const MOST_MARKED = 5_000;

/** Which open dead letters a bulk retry means. */
export interface BulkFilter {
  vendorId: string | null;
  operation: 'create_order' | 'cancel_order' | null;
  /** ISO time; null: whenever. */
  failedBefore: string | null;
}

/**
 * Marks up to {@link MOST_MARKED} open dead letters for a retry by `actor`; gives how many. Those marked already are not
 * counted again, and one that somebody is just dealing with is left to them.
 */
export async function markForRetry(executor: Executor, { vendorId, operation, failedBefore }: BulkFilter, actor: string): Promise<number> {
  const { rowCount } = await executor.execute(sql`
    with matched as materialized (
      select vendor_id, id from dead_letter_queue
      where not resolved and retry_requested_by is null
        and (${vendorId}::text is null or vendor_id = ${vendorId}) and (${operation}::text is null or operation = ${operation})
        and (${failedBefore}::timestamptz is null or created_at < ${failedBefore})
      order by id limit ${sql.raw(String(MOST_MARKED))} for update skip locked
    )
    update dead_letter_queue letter set retry_requested_by = ${actor}
    from matched where letter.vendor_id = matched.vendor_id and letter.id = matched.id`);
  return rowCount ?? 0;
}

/** A marked dead letter, and who asked for its retry. */
export interface MarkedLetter extends LetterReference {
  by: string;
}

interface MarkedRow {
  id: string;
  vendor_id: string;
  order_id: string;
  job_id: string;
  operation: LetterReference['operation'];
  by: string;
}

/** Marked dead letters, the oldest first. */
export async function findMarked(pool: Pool, limit: number): Promise<MarkedLetter[]> {
  const rows = await alongIndexes(pool, async (client) => {
    const found = await client.query<MarkedRow>(
      `select letter.id, letter.vendor_id, job.order_id, job.id as job_id, letter.operation, letter.retry_requested_by as by
       from dead_letter_queue letter join sync_jobs job on job.vendor_id = letter.vendor_id and job.id = letter.original_job_id
       where not letter.resolved and letter.retry_requested_by is not null order by letter.id limit $1`,
      [limit],
    );
    return found.rows;
  });
  return rows.map((row) => ({
    id: row.id,
    vendorId: row.vendor_id,
    orderId: row.order_id,
    jobId: row.job_id,
    operation: row.operation,
    by: row.by,
  }));
}
