import type { PollingFaults } from '@repo/stand-in-erp/polling/polling-faults';
import type { ChaosKind } from '../schedule/chaos-fault';
import { SeededRandom } from '../random';

type Rules<K extends keyof PollingFaults> = readonly [number, NonNullable<PollingFaults[K]>[number]['fault']][];

/** What happens to replies on any day. */
const EVERYDAY: Rules<'replies'> = [
  [0.05, { kind: 'twice' }],
  [0.05, { kind: 'overtaken', withinMs: 300 }],
];
const BAD_LINE: Rules<'replies'> = [
  [0.03, { kind: 'late', byMs: 50 }],
  [0.02, { kind: 'late', byMs: 2_500 }],
];
const BAD_POLLS: Rules<'polls'> = [
  [0.08, { kind: 'cut_fetched' }],
  [0.1, { kind: 'cut_waiting', afterMs: 5 }],
  [0.1, { kind: 'cut_waiting', afterMs: 200 }],
];

/** Draws what goes wrong between a vendor's polling agent and the hub during a run of this kind. */
export function pollingPlan(seed: string, kind: ChaosKind): PollingFaults {
  const random = new SeededRandom(seed).fork('polling-plan');
  const bad = kind === 'network' || kind === 'mixed';
  const rules = <F>(shares: readonly (readonly [number, F])[]) =>
    shares.map(([share, fault]) => ({ match: { share, seed: random.int(0, 2 ** 31) }, fault }));
  return { replies: rules(bad ? [...BAD_LINE, ...EVERYDAY] : EVERYDAY), polls: rules(bad ? BAD_POLLS : []) };
}
