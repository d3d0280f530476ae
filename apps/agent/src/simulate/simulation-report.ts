import type { DifferenceKind } from './compare';
import type { VendorVerdict } from './oracle';
import type { SimulatedVendor } from './simulated-vendor';
import type { Fault, SimulationOptions } from './simulation-options';

/** What a simulation came to; with `--json` this is the last line. */
export interface SimulationReport {
  /** Whether every ERP and the hub hold the same. */
  equal: boolean;
  /** Whether it was told to end before its time. */
  cutShort: boolean;
  seed: string;
  transport: 'pull' | 'push';
  vendors: number;
  rows: number;
  /** Of rows, and of articles that went or came back. */
  changes: number;
  /** Articles that went, with their stock. */
  deletes: number;
  /** Articles that came back. */
  returns: number;
  rowsSent: number;
  /** Snapshots that were committed; what they did not delete, comparisons did. */
  snapshots: number;
  ordersPlaced: number;
  ordersCancelled: number;
  ordersInErps: number;
  /** Orders that were placed and are not in their ERP. */
  ordersLost: number;
  /** Orders that are in their ERP more than once. */
  ordersDoubled: number;
  /** What else differs about orders. */
  ordersDiffering: number;
  rowsDiffering: number;
  faults: Partial<Record<Fault, number>>;
  /** Requests and calls that failed, and were taken up again. */
  errors: number;
  seconds: number;
  /** How long it took after the last change until both sides were equal, or given up. */
  settleSeconds: number;
  differing: { vendorId: string; count: number; examples: string[] }[];
}

const MOST_EXAMPLES = 10;
type Outcome = Pick<SimulationReport, 'cutShort' | 'seconds' | 'settleSeconds' | 'ordersPlaced' | 'ordersCancelled'>;

export function reportOf(
  { seed, transport }: SimulationOptions,
  vendors: readonly SimulatedVendor[],
  verdicts: readonly VendorVerdict[],
  outcome: Outcome,
): SimulationReport {
  const sum = (of: (vendor: SimulatedVendor) => number) => vendors.reduce((total, vendor) => total + of(vendor), 0);
  const faults: SimulationReport['faults'] = {};
  for (const vendor of vendors) {
    for (const [fault, n] of Object.entries(vendor.faults.counts) as [Fault, number][]) faults[fault] = (faults[fault] ?? 0) + n;
  }
  const differing = verdicts
    .filter(({ differences }) => differences.length > 0)
    .map(({ vendorId, differences }) => ({
      vendorId,
      count: differences.length,
      examples: differences.slice(0, MOST_EXAMPLES).map(({ text }) => text),
    }));
  const having = (kind: DifferenceKind) =>
    verdicts.reduce((total, { differences }) => total + differences.filter((each) => each.kind === kind).length, 0);
  return {
    equal: differing.length === 0,
    seed,
    transport,
    vendors: vendors.length,
    rows: verdicts.reduce((total, { rows }) => total + rows, 0),
    changes: sum(({ rows }) => rows.changes),
    deletes: sum(({ rows }) => rows.deletes),
    returns: sum(({ rows }) => rows.returns),
    snapshots: sum(({ counts }) => counts.snapshots),
    rowsSent: sum(({ counts }) => counts.sent),
    ordersInErps: sum(({ orders }) => orders.held.length),
    ordersLost: having('lost'),
    ordersDoubled: having('doubled'),
    ordersDiffering: having('order'),
    rowsDiffering: having('row'),
    faults,
    errors: sum(({ counts }) => counts.errors),
    ...outcome,
    differing,
  };
}
