import { and, desc, eq, sql } from 'drizzle-orm';
import type { SnapshotStatus } from '@repo/contracts/operations/snapshot-operations';
import type { Entity } from '@repo/contracts/primitives';
import type { Executor } from '../connect';
import { countUpTo, fromRows, onPage, pageOf, type Page, type PageRequest } from '../page';
import { snapshots } from '../schema/reconciliation';
import { IS_EXPIRED } from './snapshot-state';

/** A snapshot as admins see it. */
export interface ListedSnapshot {
  id: string;
  vendorId: string;
  entity: Entity;
  status: SnapshotStatus;
  startedAt: Date;
  expiresAt: Date;
  closedAt: Date | null;
  tombstoned: number | null;
  present: number | null;
  wouldDelete: number | null;
  liveRows: number | null;
}

const STATUS = sql<SnapshotStatus>`(case when ${sql.raw(IS_EXPIRED)} then 'expired' else status end)`;

/** Snapshots, newest first. */
export async function listSnapshots(
  executor: Executor,
  filter: { vendorId?: string | undefined; status?: SnapshotStatus | undefined },
  page: PageRequest,
): Promise<Page<ListedSnapshot>> {
  const where = and(
    filter.vendorId === undefined ? undefined : eq(snapshots.vendorId, filter.vendorId),
    filter.status === undefined ? undefined : eq(STATUS, filter.status),
  );
  const { id, vendorId, entity, startedAt, expiresAt, closedAt, tombstoned, present, wouldDelete, liveRows } = snapshots;
  const rows = await executor
    .select({ id, vendorId, entity, status: STATUS, startedAt, expiresAt, closedAt, tombstoned, present, wouldDelete, liveRows })
    .from(snapshots)
    .where(onPage(snapshots, where, page))
    .orderBy(desc(id))
    .limit(page.limit);
  const total = await countUpTo(executor, sql`select ${fromRows(snapshots, where)}`);
  return pageOf(rows, total, page);
}
