import type { Pool, PoolClient } from 'pg';

/**
 * Runs reads that walk along an index, on one snapshot. Without this the planner sorts whenever it takes a vendor for
 * small, and it does as long as its statistics do not know a large new one: every page would then read and sort everything.
 */
export async function inIndexOrder<T>(pool: Pick<Pool, 'connect'>, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin isolation level repeatable read read only; set local enable_sort = off');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    // A connection that could not roll back is not given to anyone else.
    client.release(broken);
  }
}
