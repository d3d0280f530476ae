import { and, desc, eq, sql } from 'drizzle-orm';
import type { Entity } from '@repo/contracts/primitives';
import type { ParkReason } from '@repo/contracts/verdicts';
import type { Executor } from '../connect';
import { countUpTo, pageOf, type Page, type PageRequest } from '../page';
import { parkedRows } from '../schema/parked-rows';

/** A parked row as it is kept. */
export type ParkedRowRecord = typeof parkedRows.$inferSelect;

/** Parked rows, newest first. */
export async function listParkedRows(
  executor: Executor,
  filter: { vendorId?: string | undefined; entity?: Entity | undefined; reason?: ParkReason | undefined },
  page: PageRequest,
): Promise<Page<ParkedRowRecord>> {
  const where = and(
    filter.vendorId === undefined ? undefined : eq(parkedRows.vendorId, filter.vendorId),
    filter.entity === undefined ? undefined : eq(parkedRows.entity, filter.entity),
    filter.reason === undefined ? undefined : eq(parkedRows.reason, filter.reason),
  );
  const rows = await executor
    .select()
    .from(parkedRows)
    .where(where)
    .orderBy(desc(parkedRows.firstSeenAt), desc(parkedRows.vendorId), desc(parkedRows.key))
    .limit(page.limit)
    .offset((page.page - 1) * page.limit);
  const total = await countUpTo(executor, sql`select from ${parkedRows} ${where === undefined ? sql`` : sql`where ${where}`}`);
  return pageOf(rows, total, page);
}
