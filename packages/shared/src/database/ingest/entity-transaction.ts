import type { Pool, PoolClient } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { entityLockKey } from '../entity-lock';
import { inTransaction } from '../transaction';

/**
 * Runs `work` in a transaction that holds the lock of the vendor's entity: `shared` beside other batches, `alone` without
 * any. The lock is taken in a statement of its own, so that what `work` reads is what is there once it is held.
 */
export function inEntityTransaction<T>(
  pool: Pool,
  vendorId: string,
  entity: Entity,
  mode: 'shared' | 'alone',
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const lock = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  return inTransaction(pool, `begin; select ${lock}(${entityLockKey(vendorId, entity)})`, work);
}
