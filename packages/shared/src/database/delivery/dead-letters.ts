import type { DeadLetter } from '@repo/contracts/operations/delivery-operations';
import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import type { Executor } from '../connect';
import { countUpTo, fromRows, onPage, pageOf, type Page, type PageRequest } from '../page';
import { deadLetterQueue as letters, syncJobs } from '../schema/sync-jobs';

/** Which dead letters a list shows. */
export interface DeadLetterFilter {
  vendorId?: string | undefined;
  operation?: 'create_order' | 'cancel_order' | undefined;
  resolved?: boolean | undefined;
}

/** Dead letters, newest first. */
export async function listDeadLetters(executor: Executor, filter: DeadLetterFilter, page: PageRequest): Promise<Page<DeadLetter>> {
  const where = and(
    filter.vendorId === undefined ? undefined : eq(letters.vendorId, filter.vendorId),
    filter.operation === undefined ? undefined : eq(letters.operation, filter.operation),
    // Written out: a partial index is only found when the planner sees its condition.
    filter.resolved === undefined ? undefined : filter.resolved ? sql`${letters.resolved}` : sql`not ${letters.resolved}`,
  );
  const rows = await select(executor, onPage(letters, where, page))
    .orderBy(desc(letters.id))
    .limit(page.limit);
  const total = await countUpTo(executor, sql`select ${fromRows(letters, where)}`);
  return pageOf(rows.map(toDeadLetter), total, page);
}

/** One dead letter by its bare id. */
export async function findDeadLetter(executor: Executor, id: string): Promise<DeadLetter | undefined> {
  const [row] = await select(executor, eq(letters.id, id));
  return row && toDeadLetter(row);
}

function select(executor: Executor, where: SQL | undefined) {
  return executor
    .select({ letter: letters, orderId: syncJobs.orderId })
    .from(letters)
    .innerJoin(syncJobs, and(eq(syncJobs.vendorId, letters.vendorId), eq(syncJobs.id, letters.originalJobId)))
    .where(where);
}

function toDeadLetter({ letter, orderId }: { letter: typeof letters.$inferSelect; orderId: string }): DeadLetter {
  return {
    id: letter.id,
    originalJobId: letter.originalJobId,
    vendorId: letter.vendorId,
    orderId,
    operation: letter.operation,
    payload: letter.payload,
    failureCode: letter.failureCode,
    failureReason: letter.failureReason,
    failureStack: letter.failureStack,
    attemptCount: letter.attemptCount,
    lastAttemptAt: letter.lastAttemptAt?.toISOString() ?? null,
    resolved: letter.resolved,
    resolvedAt: letter.resolvedAt?.toISOString() ?? null,
    resolvedBy: letter.resolvedBy,
    resolution: letter.resolution,
    resolutionNote: letter.resolutionNote,
    createdAt: letter.createdAt.toISOString(),
  };
}
