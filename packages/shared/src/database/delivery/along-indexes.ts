import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../transaction';

const AVOIDED = ['seqscan', 'hashjoin', 'mergejoin', 'sort'].map((way) => `set local enable_${way} = off`).join('; ');

/**
 * Runs what reads through the partial indexes of the outbox, and what removes old rows: row by row, in their order. Without
 * this the planner reads the whole table, or a vendor's finished jobs, whenever its statistics are of a time when most jobs
 * were open, or most rows old; with a million of others that would be every sweep, and every batch.
 */
export function alongIndexes<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, `begin; ${AVOIDED}`, work);
}
