import type { RowVerdict } from '@erp-sync-hub/agent-sdk/push/verdicts';
import type { Judgement } from '../state/source-rows';

/** What the agent makes of what the hub says of a row. */
export interface Judged {
  /** For people: the hub's word. */
  name: string;
  /** How it is remembered; null: not at all, so that it is sent again. */
  remember: Judgement | null;
  detail: string | null;
}

/** @param verdict undefined: it was written, or the hub had it already */
export function judgeVerdict(verdict: RowVerdict | undefined): Judged {
  if (verdict === undefined) return { name: 'taken', remember: 'taken', detail: null };
  switch (verdict.status) {
    case 'processed':
      return { name: verdict.change, remember: 'taken', detail: null };
    case 'skipped':
      // A later row of the same key is behind it, and is judged for both.
      return { name: verdict.reason, remember: verdict.reason === 'unchanged' ? 'taken' : null, detail: null };
    case 'failed':
      return judgeFailure(verdict);
  }
}

function judgeFailure({ reason, detail }: Extract<RowVerdict, { status: 'failed' }>): Judged {
  switch (reason) {
    // The hub has a newer one, or takes the clock for wrong: sent again with a later time.
    case 'stale':
    case 'future_timestamp':
      return { name: reason, remember: null, detail };
    // The hub keeps it and takes it up by itself when what it waits for is there.
    case 'unmapped_unit':
    case 'unmapped_vat':
    case 'item_not_found':
    case 'warehouse_not_found':
      return { name: reason, remember: 'parked', detail };
    // As it is it will not be taken: once is enough, until it changes.
    case 'invalid':
    case 'too_large':
      return { name: reason, remember: 'refused', detail };
  }
}
