import { and, eq } from 'drizzle-orm';
import type { Executor } from '../connect';
import { listNewest, type Page, type PageRequest } from '../page';
import { auditLog } from '../schema/operations';

/** One action of an admin. `before` and `after` never hold a secret or a hash of one. */
export interface AuditEntry {
  actor: string;
  /** Object and act, such as `mapping.create` or `agent.deregister`. */
  action: string;
  target: string;
  vendorId: string | null;
  before?: unknown;
  after?: unknown;
  correlationId: string | null;
}

export type AuditRow = typeof auditLog.$inferSelect;

/** Writes an entry; give the transaction of the change itself, so that neither can be without the other. */
export async function recordAudit(executor: Executor, entry: AuditEntry): Promise<void> {
  await executor.insert(auditLog).values({ ...entry, before: entry.before ?? null, after: entry.after ?? null });
}

/** Entries, newest first. */
export function listAudit(
  executor: Executor,
  filter: { vendorId?: string | undefined; action?: string | undefined },
  page: PageRequest,
): Promise<Page<AuditRow>> {
  const where = and(
    filter.vendorId === undefined ? undefined : eq(auditLog.vendorId, filter.vendorId),
    filter.action === undefined ? undefined : eq(auditLog.action, filter.action),
  );
  return listNewest(executor, auditLog, where, page);
}
