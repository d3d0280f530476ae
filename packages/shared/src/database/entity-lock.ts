import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Entity } from '@repo/contracts/primitives';
import type { Executor } from './connect';

/**
 * The advisory lock of a vendor's entity. Batches that only write rows hold it shared, and do not wait for one another.
 * Whatever changes what those rows depend on holds it alone: parking and unparking, mappings (the lock of `items`), deletes.
 */
export function entityLockKey(vendorId: string, entity: Entity): string {
  return createHash('sha256').update(`hub:${entity}:${vendorId}`).digest().readBigInt64BE(0).toString();
}

/** Waits for the lock alone; it is held to the end of the transaction. Take it before any row is locked. */
export async function lockEntity(tx: Executor, vendorId: string, entity: Entity): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${entityLockKey(vendorId, entity)}::bigint)`);
}
