import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Entity } from '@repo/contracts/primitives';
import type { Executor } from '../connect';

/**
 * Waits for the lock that every change of state of the snapshots of a vendor's entity takes, before any of their rows. It is
 * not the lock of ingest: rows go on coming in. Held to the end of the transaction.
 */
export async function lockSnapshots(tx: Executor, vendorId: string, entity: Entity): Promise<void> {
  const key = createHash('sha256').update(`hub:snapshots:${entity}:${vendorId}`).digest().readBigInt64BE(0);
  await tx.execute(sql`select pg_advisory_xact_lock(${key.toString()}::bigint)`);
}
