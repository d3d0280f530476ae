import type { CapCounts } from '@repo/shared/database/reconciliation/count-for-cap';

/** Whether so many rows may be deleted: with those of the last 24 hours no more than this share of what there was. */
export function mayDelete(rows: number, { live, deletedLately }: CapCounts, percent: number): boolean {
  return (deletedLately + rows) * 100 <= (live + deletedLately) * percent;
}
