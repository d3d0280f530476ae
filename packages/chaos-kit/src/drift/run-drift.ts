import { lookBefore } from '../oracle/judge-run';
import type { ChaosResult } from '../run-chaos';
import type { Installation } from '../installation/installation';
import type { ChaosFault, ChaosTransport } from '../schedule/chaos-fault';
import { drawSchedule } from '../schedule/draw-schedule';
import { injectFaults } from '../schedule/inject-faults';
import { drawActs, stableRows } from './draw-acts';
import { DriftVendor } from './drift-vendor';
import { skuOf } from './erp-rows';
import { judgeDrift, noteDeletes } from './judge-drift';
import { settleVendors } from './settle-vendors';

export interface DriftOptions {
  seed: string;
  transport?: ChaosTransport;
  vendors: number;
  /** How many each of them has. */
  rows: number;
  /** How much happens to the rows of each. */
  acts: number;
  /** How many faults of the environment. */
  faults: number;
  /** The time in which acts and faults begin, in milliseconds. */
  withinMs: number;
  /** Nothing lasts longer, in milliseconds. */
  longestMs: number;
  /** How long it may take after the last fault until all are in step. */
  restWithinMs?: number;
}

/**
 * Lets the rows of vendors drift from those of the hub in every way, with comparisons and snapshots going on, while the
 * environment breaks as the seed says; heals it, compares until all are equal, and looks whether they are.
 */
export async function runDrift(installation: Installation, options: DriftOptions): Promise<ChaosResult> {
  const began = performance.now();
  const { seed, transport = 'mixed', rows, restWithinMs = 120_000 } = options;
  // Lines are the vendors' own here.
  const targets = { hubs: installation.targets.hubs, erps: [] };
  const schedule = drawSchedule(seed, { ...options, kind: 'mixed', transport, targets });
  const before = lookBefore(installation);
  await noteDeletes(installation.pool);
  const vendors = await Promise.all(
    Array.from({ length: options.vendors }, (_, i) => {
      const way = transport === 'mixed' ? (i % 2 === 0 ? 'push' : 'pull') : transport;
      return DriftVendor.connect(installation, `${seed}-v${i + 1}`, way, rows);
    }),
  );
  try {
    const acting = vendors.map((vendor) => vendor.perform(drawActs(`${seed}/${vendor.vendorId}`, options)));
    await Promise.all([breakAndHeal(installation, schedule), ...acting]);
    await Promise.all(vendors.map((vendor) => vendor.heal()));
    const found = await settleVendors(installation, vendors, restWithinMs);
    const stable = Array.from({ length: stableRows(rows) }, (_, row) => skuOf(row));
    const judged = await judgeDrift(installation, { vendors, stable, schedule, before, found });
    const traits = vendors.map((vendor) => ({ vendorId: vendor.vendorId, transport: vendor.transport, machines: 1 }));
    const tookMs = Math.round(performance.now() - began);
    return { seed, kind: 'drift', transport, orders: 0, vendors: traits, schedule, ...judged, stories: [], tookMs };
  } finally {
    await Promise.all(vendors.map((vendor) => vendor.stop()));
  }
}

async function breakAndHeal(installation: Installation, schedule: readonly ChaosFault[]): Promise<void> {
  try {
    await injectFaults(installation, schedule);
  } finally {
    await installation.heal();
  }
}
