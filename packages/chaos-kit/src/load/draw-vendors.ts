import { SeededRandom } from '../random';
import type { ChaosKind, ChaosTransport } from '../schedule/chaos-fault';
import type { ChaosVendor } from './connect-vendors';
import { erpPlan } from './erp-plan';
import { pollingPlan } from './polling-plan';

export interface VendorsOptions {
  kind: ChaosKind | null;
  transport: ChaosTransport;
  vendors: number;
  /** Names of the ERPs that they are spread over. */
  erps: readonly string[];
}

/** Short, so that an agent whose poll met a hub that hangs comes back soon. */
const WAIT_SECONDS = 2;
const STANDBY_SHARE = 0.5;
const WRONG_CLOCK_SHARE = 0.5;
/** More than the five minutes that a signature may be off. */
const MOST_SKEW_MS = 1_200_000;

/** Draws what the vendors of a run are like; the same seed and options give the same ones. */
export function drawVendors(seed: string, { kind, transport, vendors, erps }: VendorsOptions): ChaosVendor[] {
  return Array.from({ length: vendors }, (_, i) => {
    const random = new SeededRandom(`${seed}/${i}`).fork('vendor');
    const drawn = {
      vendorId: `${seed}-v${i + 1}`,
      erp: erps[i % erps.length] ?? '',
      clockSkewMs: random.chance(WRONG_CLOCK_SHARE) ? random.int(-MOST_SKEW_MS, MOST_SKEW_MS) : 0,
      plan: erpPlan(`${seed}/${i}`, kind ?? 'kills'),
    };
    const machines = random.chance(STANDBY_SHARE) ? 2 : 1;
    if (transportOf(transport, i, erps.length) === 'push') return { ...drawn, transport: 'push' };
    const faults = pollingPlan(`${seed}/${i}`, kind ?? 'kills');
    return { ...drawn, transport: 'pull', polling: { machines, waitSeconds: WAIT_SECONDS, faults } };
  });
}

/** In a mixed run they alternate, so that each ERP has some of both. */
function transportOf(transport: ChaosTransport, i: number, erps: number): 'push' | 'pull' {
  if (transport !== 'mixed') return transport;
  return (i + Math.floor(i / erps)) % 2 === 0 ? 'push' : 'pull';
}
