import { and, eq, ne, sql } from 'drizzle-orm';
import type { Entity } from '@repo/contracts/primitives';
import type { Tx } from '../connect';
import { snapshots } from '../schema/reconciliation';

/** One snapshot, which the transaction holds locked. */
export interface LockedSnapshot {
  vendorId: string;
  id: string;
  entity: Entity;
}

const now = sql`clock_timestamp()`;
const the = ({ vendorId, id }: LockedSnapshot) => and(eq(snapshots.vendorId, vendorId), eq(snapshots.id, id));

/** It is decided what the snapshot deletes; with nothing to delete it is done at once. */
export async function markCommitting(tx: Tx, snapshot: LockedSnapshot, counted: { present: number; pages: number }): Promise<void> {
  const state = counted.pages === 0 ? { status: 'committed' as const, closedAt: now } : { status: 'committing' as const };
  await tx
    .update(snapshots)
    .set({ ...state, present: counted.present, tombstoned: 0 })
    .where(the(snapshot));
  await supersedeHeld(tx, snapshot);
}

/** The snapshot would delete too much: it waits for an admin, for 24 hours from now. */
export async function markHeld(
  tx: Tx,
  snapshot: LockedSnapshot,
  counted: { present: number; wouldDelete: number; liveRows: number },
): Promise<void> {
  await tx
    .update(snapshots)
    .set({ status: 'held', expiresAt: sql`clock_timestamp() + interval '24 hours'`, ...counted })
    .where(the(snapshot));
  await supersedeHeld(tx, snapshot);
}

export async function markAbandoned(tx: Tx, snapshot: LockedSnapshot): Promise<void> {
  await tx.update(snapshots).set({ status: 'abandoned', closedAt: now }).where(the(snapshot));
}

/** What an older snapshot would have deleted is no question any more once a newer one is complete. */
async function supersedeHeld(tx: Tx, { vendorId, id, entity }: LockedSnapshot): Promise<void> {
  await tx
    .update(snapshots)
    .set({ status: 'superseded', closedAt: now })
    .where(and(eq(snapshots.vendorId, vendorId), eq(snapshots.entity, entity), eq(snapshots.status, 'held'), ne(snapshots.id, id)));
}
