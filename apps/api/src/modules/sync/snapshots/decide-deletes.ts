import { sql } from 'drizzle-orm';
import type { Tx } from '@repo/shared/database/connect';
import { markCommitting, markHeld } from '@repo/shared/database/snapshots/close-snapshot';
import { planDeletes, type PlannedDeletes } from '@repo/shared/database/snapshots/plan-deletes';
import type { SnapshotState } from '@repo/shared/database/snapshots/snapshot-state';

/** Lets a decision over millions of rows take its time and sort in memory. */
export async function giveRoom(tx: Tx): Promise<void> {
  await tx.execute(sql`set local statement_timeout = '10min'`);
  await tx.execute(sql`set local work_mem = '64MB'`);
}

/**
 * Decides what a complete snapshot deletes, and writes the decision down: it is committing, or held because more than
 * `mostPercent` of the live rows would go. In a transaction that holds the snapshot locked.
 */
export async function decideDeletes(tx: Tx, snapshot: SnapshotState, present: number, mostPercent: number | null): Promise<PlannedDeletes> {
  const planned = await planDeletes(tx, snapshot, mostPercent);
  if (planned.allowed) await markCommitting(tx, snapshot, { present, pages: planned.pages });
  else await markHeld(tx, snapshot, { present, wouldDelete: planned.wouldDelete, liveRows: planned.liveRows });
  return planned;
}
