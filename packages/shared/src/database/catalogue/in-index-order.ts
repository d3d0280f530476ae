import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../transaction';

/**
 * Runs reads that walk along an index, on one snapshot. Without this the planner sorts whenever it takes a vendor for
 * small, and it does as long as its statistics do not know a large new one: every page would then read and sort everything.
 */
export function inIndexOrder<T>(pool: Pick<Pool, 'connect'>, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, 'begin isolation level repeatable read read only; set local enable_sort = off', work);
}
