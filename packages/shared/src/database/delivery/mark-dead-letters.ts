import type { Pool } from 'pg';
import type { LetterReference } from './close-dead-letter';

/** Dead letters that one statement marks, and one round of the sweep works off, at most. */
export const MOST_MARKED = 5_000;

/** Which open dead letters a bulk retry means. */
export interface BulkFilter {
  vendorId: string | null;
  operation: 'create_order' | 'cancel_order' | null;
  /** ISO time. */
  failedBefore: string | null;
}

/** Marks up to {@link MOST_MARKED} open dead letters for a retry by `actor`; gives how many. Those marked already are not counted again. */
export async function markForRetry(pool: Pool, filter: BulkFilter, actor: string): Promise<number> {
  const { rowCount } = await pool.query(
    `update dead_letter_queue letter set retry_requested_by = $4
     from (
       select vendor_id, id from dead_letter_queue
       where not resolved and retry_requested_by is null
         and ($1::text is null or vendor_id = $1) and ($2::text is null or operation = $2)
         and ($3::timestamptz is null or created_at < $3)
       order by id limit ${MOST_MARKED} for update skip locked
     ) matched
     where letter.vendor_id = matched.vendor_id and letter.id = matched.id`,
    [filter.vendorId, filter.operation, filter.failedBefore, actor],
  );
  return rowCount ?? 0;
}

/** A marked dead letter, and who asked for its retry. */
export interface MarkedLetter extends LetterReference {
  by: string;
}

/** Marked dead letters, the oldest first. */
export async function findMarked(pool: Pool, limit: number): Promise<MarkedLetter[]> {
  const { rows } = await pool.query<{
    id: string;
    vendor_id: string;
    order_id: string;
    job_id: string;
    operation: LetterReference['operation'];
    by: string;
  }>(
    `select letter.id, letter.vendor_id, job.order_id, job.id as job_id, letter.operation, letter.retry_requested_by as by
     from dead_letter_queue letter join sync_jobs job on job.vendor_id = letter.vendor_id and job.id = letter.original_job_id
     where not letter.resolved and letter.retry_requested_by is not null order by letter.id limit $1`,
    [limit],
  );
  return rows.map((row) => ({
    id: row.id,
    vendorId: row.vendor_id,
    orderId: row.order_id,
    jobId: row.job_id,
    operation: row.operation,
    by: row.by,
  }));
}
