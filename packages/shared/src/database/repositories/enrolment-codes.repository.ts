import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Executor } from '../connect';
import { enrolmentCodes } from '../schema/enrolment-codes';

/** How long an enrolment code can be used. */
export const ENROLMENT_HOURS = 1;

/** Keeps a new code by its hash; returns when it expires. */
export async function insertEnrolmentCode(
  executor: Executor,
  code: { vendorId: string; codeHash: string; createdBy: string },
): Promise<Date> {
  const [row] = await executor
    .insert(enrolmentCodes)
    .values({ ...code, expiresAt: sql`now() + make_interval(hours => ${ENROLMENT_HOURS})` })
    .returning({ expiresAt: enrolmentCodes.expiresAt });
  if (row === undefined) throw new Error('an insert returned no row');
  return row.expiresAt;
}

const usable = (vendorId: string, codeHash: string) =>
  and(
    eq(enrolmentCodes.vendorId, vendorId),
    eq(enrolmentCodes.codeHash, codeHash),
    isNull(enrolmentCodes.usedAt),
    gt(enrolmentCodes.expiresAt, sql`now()`),
  );

/** Whether this code of this vendor could be used now. */
export async function isEnrolmentCodeUsable(executor: Executor, vendorId: string, codeHash: string): Promise<boolean> {
  const rows = await executor.select({ hash: enrolmentCodes.codeHash }).from(enrolmentCodes).where(usable(vendorId, codeHash));
  return rows.length > 0;
}

/**
 * Uses a code up; false when it cannot be used (any more). Of two at once the second waits for the first to commit, and
 * gets false; give the transaction of the registration, so that neither can be without the other.
 */
export async function useEnrolmentCode(executor: Executor, vendorId: string, codeHash: string): Promise<boolean> {
  const rows = await executor
    .update(enrolmentCodes)
    .set({ usedAt: sql`now()` })
    .where(usable(vendorId, codeHash))
    .returning({ hash: enrolmentCodes.codeHash });
  return rows.length > 0;
}
