import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../transaction';

/**
 * Runs what reads through the partial indexes of the outbox. Without this the planner reads the whole table whenever its
 * statistics are of a time when most jobs were open; with a million finished ones that would be every sweep.
 */
export function withoutSeqScan<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, 'begin; set local enable_seqscan = off', work);
}
