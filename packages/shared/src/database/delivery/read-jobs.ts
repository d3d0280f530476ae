import type { SyncJob, SyncJobDetail } from '@repo/contracts/operations/delivery-operations';
import { and, asc, desc, eq, sql, type SQL } from 'drizzle-orm';
import type { Executor } from '../connect';
import { countUpTo, fromRows, onPage, pageOf, type Page, type PageRequest } from '../page';
import { syncJobAttempts, syncJobs, type JobStatus } from '../schema/sync-jobs';
import { FINISHED, OPEN } from './job-ways';

/** Which jobs a list shows. */
export interface JobFilter {
  vendorId?: string | undefined;
  status?: JobStatus | undefined;
  operation?: 'create_order' | 'cancel_order' | undefined;
}

type JobRow = typeof syncJobs.$inferSelect;

/** Jobs, newest first. */
export async function listJobs(executor: Executor, filter: JobFilter, page: PageRequest): Promise<Page<SyncJob>> {
  const where = and(
    filter.vendorId === undefined ? undefined : eq(syncJobs.vendorId, filter.vendorId),
    // Written out: a partial index is only found when the planner sees its condition.
    filter.status === undefined ? undefined : sql`${syncJobs.status} = ${sql.raw(`'${filter.status}'`)}`,
    filter.operation === undefined ? undefined : eq(syncJobs.operation, filter.operation),
  );
  const rows = await executor
    .select()
    .from(syncJobs)
    .where(onPage(syncJobs, where, page))
    .orderBy(desc(syncJobs.id))
    .limit(page.limit);
  return pageOf(rows.map(toJob), await countUpTo(executor, toCount(filter, where)), page);
}

/** A vendor's jobs of an operation are counted by the ways of jobs to be: only so are those that have ended counted in an index. */
function toCount({ vendorId, status, operation }: JobFilter, where: SQL | undefined): SQL {
  if (vendorId === undefined || operation === undefined || status !== undefined) return sql`select ${fromRows(syncJobs, where)}`;
  const ways = [FINISHED, ...OPEN].map((way) => sql`select ${fromRows(syncJobs, and(where, sql.raw(way)))}`);
  return sql.join(ways, sql` union all `);
}

/** One job with its tries, by its bare id. */
export async function findJobDetail(executor: Executor, id: string): Promise<SyncJobDetail | undefined> {
  const [job] = await executor.select().from(syncJobs).where(eq(syncJobs.id, id));
  if (job === undefined) return undefined;
  const attempts = await executor
    .select()
    .from(syncJobAttempts)
    .where(and(eq(syncJobAttempts.vendorId, job.vendorId), eq(syncJobAttempts.jobId, id)))
    .orderBy(asc(syncJobAttempts.attempt));
  return {
    ...toJob(job),
    payload: job.payload,
    attempts: attempts.map(({ attempt, startedAt, durationMs, outcome, httpStatus, error }) => ({
      attempt,
      startedAt: startedAt.toISOString(),
      durationMs,
      outcome,
      httpStatus,
      error,
    })),
  };
}

const iso = (time: Date | null) => time?.toISOString() ?? null;

function toJob(job: JobRow): SyncJob {
  return {
    id: job.id,
    vendorId: job.vendorId,
    orderId: job.orderId,
    operation: job.operation,
    status: job.status,
    sequence: job.sequence,
    attemptNo: job.attemptNo,
    attemptsSpent: job.attemptsSpent,
    attemptsAllowed: job.attemptsAllowed,
    nextAttemptAt: job.nextAttemptAt.toISOString(),
    mustAsk: job.mustAsk,
    heldReason: job.heldReason,
    callbackDeadlineAt: iso(job.callbackDeadlineAt),
    errorCode: job.errorCode,
    errorMessage: job.errorMessage,
    erpReference: job.erpReference,
    metadata: job.metadata,
    correlationId: job.correlationId,
    createdAt: job.createdAt.toISOString(),
    startedAt: iso(job.startedAt),
    completedAt: iso(job.completedAt),
    expiresAt: job.expiresAt.toISOString(),
  };
}
