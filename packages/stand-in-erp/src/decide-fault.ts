import { createHash } from 'node:crypto';
import type { CallKind, Fault, FaultPlan, Match } from './faults';

/** What a plan decides by. */
export interface PlannedCall {
  /** Polls are about no order. */
  call: CallKind | 'poll';
  orderNumber: string;
  nth: number;
}

interface Rule<F> {
  match?: Match;
  fault: F;
}

const WELL: Fault = { kind: 'complete' };

/** What the plan says about one call. */
export function decideFault(plan: FaultPlan, call: PlannedCall): Fault {
  return firstFault(plan, call) ?? WELL;
}

/** The fault of the first rule that matches. */
export function firstFault<F>(rules: readonly Rule<F>[], call: PlannedCall): F | undefined {
  return rules.find(({ match }) => match === undefined || matches(match, call))?.fault;
}

function matches(match: Match, { call, orderNumber, nth }: PlannedCall): boolean {
  return (
    (match.call === undefined || match.call === call) &&
    (match.orderNumber === undefined || match.orderNumber === orderNumber) &&
    (match.nth === undefined || match.nth === nth) &&
    (match.share === undefined || drawOf(match.seed ?? 0, orderNumber, nth) < match.share)
  );
}

/** A number from 0 up to 1 that is always the same for the same call. */
function drawOf(seed: number, orderNumber: string, nth: number): number {
  return createHash('sha256').update(`${seed}\n${orderNumber}\n${nth}`).digest().readUInt32BE() / 2 ** 32;
}
