import type { IngestReply, Verdict } from '@repo/contracts/verdicts';
import type { Done } from './carry-out';
import type { JudgedRow } from './judge-rows';

/** What the sender of a row is told about what was done with it. */
export function verdictOf({ plan, change }: Done<JudgedRow>): Verdict {
  const { index, key } = plan.row;
  switch (plan.act) {
    case 'write':
      return { index, key, status: 'processed', change: change ?? 'updated' };
    case 'unchanged':
      return { index, key, status: 'skipped', reason: 'unchanged' };
    case 'stale':
      return { index, key, status: 'failed', reason: 'stale', detail: plan.detail };
    case 'park':
      return { index, key, status: 'failed', reason: plan.park.reason, detail: plan.detail, parked: plan.keep };
  }
}

/** Counts the verdicts; `problems` leaves out what is processed or unchanged. */
export function replyOf(verdicts: readonly Verdict[], show: 'all' | 'problems'): IngestReply {
  const count = (status: Verdict['status']) => verdicts.reduce((sum, verdict) => sum + Number(verdict.status === status), 0);
  const fine = (verdict: Verdict) => verdict.status === 'processed' || (verdict.status === 'skipped' && verdict.reason === 'unchanged');
  return {
    processed: count('processed'),
    skipped: count('skipped'),
    failed: count('failed'),
    results: show === 'all' ? [...verdicts] : verdicts.filter((verdict) => !fine(verdict)),
  };
}
