import type { Fault, FaultPlan, FaultRule } from '@repo/stand-in-erp/faults';
import type { ChaosKind } from '../schedule/chaos-fault';
import { SeededRandom } from '../random';

/** A share of the calls, 0 to 1, and what becomes of them. */
type Share = [number, Fault];

/** An ERP on a good day: some orders at once, some by a callback, now and then one that it does not want. */
const EVERYDAY: readonly Share[] = [
  [0.03, { kind: 'reject', status: 422 }],
  [0.03, { kind: 'fail', retryable: true, error: 'the ERP is being closed for the night' }],
  [0.03, { kind: 'duplicate_callbacks', times: 3 }],
  [0.03, { kind: 'callback_first' }],
  [0.02, { kind: 'accept_silently' }],
  [0.02, { kind: 'accept_then_fail', retryable: true, delayMs: 50 }],
  [0.02, { kind: 'accept_then_fail', retryable: false, delayMs: 50, error: 'unknown customer' }],
  // Later ones overtake earlier ones: callbacks come in another order than the calls.
  [0.1, { kind: 'accept', delayMs: 700 }],
  [0.15, { kind: 'accept', delayMs: 200 }],
  [0.15, { kind: 'accept', delayMs: 0 }],
];

/** Replies that are lost, late or nonsense, mostly after the work was done. */
const BAD_LINE: readonly Share[] = [
  [0.04, { kind: 'drop_after_creating' }],
  [0.02, { kind: 'drop_before_reading' }],
  [0.03, { kind: 'error_after_creating' }],
  [0.02, { kind: 'hang_after_creating' }],
  [0.02, { kind: 'slow', ms: 1_600, created: true }],
  [0.02, { kind: 'slow', ms: 600 }],
  [0.02, { kind: 'garbage', created: true }],
  [0.02, { kind: 'wrong_shape', created: true }],
  [0.02, { kind: 'contradict' }],
  [0.02, { kind: 'too_many', retryAfterSeconds: 1 }],
];

/** Draws how a vendor's ERP answers during a run of this kind. Which calls meet what depends on the order's number alone. */
export function erpPlan(seed: string, kind: ChaosKind): FaultPlan {
  const random = new SeededRandom(seed).fork('erp-plan');
  const shares = kind === 'network' || kind === 'mixed' ? [...BAD_LINE, ...EVERYDAY] : EVERYDAY;
  const rules = shares.map(([share, fault]): FaultRule => ({ match: { share, seed: random.int(0, 2 ** 31) }, fault }));
  // Questions are answered well, but for the line itself: one that says "unknown" of what is under way would be a lie.
  const questions = random.int(0, 2 ** 31);
  return [
    { match: { call: 'order-status', share: 0.05, seed: questions }, fault: { kind: 'error_before_creating' } },
    { match: { call: 'order-status' }, fault: { kind: 'complete' } },
    ...rules,
  ];
}
