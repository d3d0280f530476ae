import { FAIL_REASONS, SKIP_REASONS, type FailReason, type RowChange, type SkipReason, type Verdict } from '@repo/contracts/verdicts';

/** What became of a row, in one word. */
export type Outcome = RowChange | SkipReason | FailReason;

/** All outcomes, good ones first: the order in which they are shown. */
export const OUTCOMES: readonly Outcome[] = ['created', 'updated', 'restored', 'unchanged', ...SKIP_REASONS, ...FAIL_REASONS].filter(
  (outcome, place, all): outcome is Outcome => all.indexOf(outcome) === place,
);

export function outcomeOf(verdict: Verdict): Outcome {
  return verdict.status === 'processed' ? verdict.change : verdict.reason;
}

/** Rows counted by outcome. */
export class Tally {
  private readonly counts = new Map<Outcome, number>();
  rows = 0;

  add(outcome: Outcome): void {
    this.counts.set(outcome, this.of(outcome) + 1);
    this.rows += 1;
  }

  of(outcome: Outcome): number {
    return this.counts.get(outcome) ?? 0;
  }

  /** The outcomes that occurred, good ones first. */
  occurred(): Outcome[] {
    return OUTCOMES.filter((outcome) => this.of(outcome) > 0);
  }
}
