import type { Pool, PoolClient } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { entityLockKey } from '../entity-lock';

/**
 * Runs `work` in a transaction that holds the lock of the vendor's entity: `shared` beside other batches, `alone` without
 * any. The lock is taken in a statement of its own, so that what `work` reads is what is there once it is held.
 */
export async function inEntityTransaction<T>(
  pool: Pool,
  vendorId: string,
  entity: Entity,
  mode: 'shared' | 'alone',
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const lock = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
    await client.query(`begin; select ${lock}(${entityLockKey(vendorId, entity)})`);
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
