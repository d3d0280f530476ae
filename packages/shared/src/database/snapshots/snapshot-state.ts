import { and, eq, sql } from 'drizzle-orm';
import type { Executor } from '../connect';
import { snapshots } from '../schema/reconciliation';
import { lockSnapshots } from './snapshot-lock';

/** Of these an open or held one that is past its time is expired, whether or not the sweep has come by. */
export const IS_EXPIRED = `(status = 'expired' or (status in ('open', 'held') and expires_at <= clock_timestamp()))`;

const COLUMNS = {
  vendorId: snapshots.vendorId,
  id: snapshots.id,
  entity: snapshots.entity,
  status: snapshots.status,
  /** Exact to the microsecond, as PostgreSQL takes it back. */
  startedAt: sql<string>`to_char(${snapshots.startedAt} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  expired: sql<boolean>`${sql.raw(IS_EXPIRED)}`,
  tombstoned: snapshots.tombstoned,
  present: snapshots.present,
  wouldDelete: snapshots.wouldDelete,
  liveRows: snapshots.liveRows,
};

/** A snapshot as far as it matters for what may be done with it. */
export type SnapshotState = Awaited<ReturnType<typeof findSnapshot>> & {};

/** A snapshot by its id; of one vendor, where one is named. Undefined: there is none. */
export async function findSnapshot(executor: Executor, id: string, vendorId?: string) {
  const where = and(eq(snapshots.id, id), vendorId === undefined ? undefined : eq(snapshots.vendorId, vendorId));
  const [found] = await executor.select(COLUMNS).from(snapshots).where(where);
  return found;
}

/**
 * The same, and nobody else changes it, or sends rows for it, before the transaction ends. Waits for whoever does so now.
 * Give no transaction that has a lock of rows already.
 */
export async function lockSnapshot(tx: Executor, id: string, vendorId?: string): Promise<SnapshotState | undefined> {
  const found = await findSnapshot(tx, id, vendorId);
  if (found === undefined) return undefined;
  await lockSnapshots(tx, found.vendorId, found.entity);
  const [locked] = await tx
    .select(COLUMNS)
    .from(snapshots)
    .where(and(eq(snapshots.vendorId, found.vendorId), eq(snapshots.id, id)))
    .for('update');
  return locked;
}
