import { and, eq, sql } from 'drizzle-orm';
import type { Entity } from '@repo/contracts/primitives';
import type { Tx } from '../connect';
import { snapshots } from '../schema/reconciliation';
import { lockSnapshots } from './snapshot-lock';

/** A snapshot that has just begun. */
export interface BegunSnapshot {
  id: string;
  entity: Entity;
  startedAt: Date;
  expiresAt: Date;
}

/** Begins a snapshot of a vendor's entity, for 24 hours; one that was open before is superseded. */
export async function beginSnapshot(tx: Tx, vendorId: string, entity: Entity): Promise<BegunSnapshot> {
  await lockSnapshots(tx, vendorId, entity);
  await tx
    .update(snapshots)
    .set({ status: 'superseded', closedAt: sql`clock_timestamp()` })
    .where(and(eq(snapshots.vendorId, vendorId), eq(snapshots.entity, entity), eq(snapshots.status, 'open')));
  // The time of this statement, so after the lock: whatever is sent once this is answered comes later.
  const [begun] = await tx
    .insert(snapshots)
    .values({ vendorId, entity, startedAt: sql`statement_timestamp()`, expiresAt: sql`statement_timestamp() + interval '24 hours'` })
    .returning({ id: snapshots.id, startedAt: snapshots.startedAt, expiresAt: snapshots.expiresAt });
  return { ...(begun as Omit<BegunSnapshot, 'entity'>), entity };
}
