import { Installation } from './installation/installation';
import { clientOf, connectVendors, SKUS, type ChaosVendor } from './load/connect-vendors';
import { drawLoad, type PlannedOrder } from './load/draw-load';
import { drawVendors } from './load/draw-vendors';
import { retryDeadLetters } from './load/retry-dead-letters';
import { runLoad, type LoadRecord } from './load/run-load';
import { awaitRest } from './oracle/await-rest';
import { judgeRun, lookBefore } from './oracle/judge-run';
import { watchJobs } from './oracle/watch-jobs';
import type { ChaosFault, ChaosKind, ChaosTransport, RunKind } from './schedule/chaos-fault';
import { drawSchedule } from './schedule/draw-schedule';
import { injectFaults } from './schedule/inject-faults';

export interface ChaosOptions {
  seed: string;
  /** What breaks; null: nothing. */
  kind: ChaosKind | null;
  /** `mixed` when not said. */
  transport?: ChaosTransport;
  orders: number;
  vendors: number;
  /** How many faults of the environment. */
  faults: number;
  /** The time in which orders are placed and faults begin, in milliseconds. */
  withinMs: number;
  /** No fault lasts longer, in milliseconds. */
  longestMs: number;
  /** How long it may take after the last fault until nothing is under way. */
  restWithinMs?: number;
}

/** What can be told of a vendor's agent. */
export type VendorTraits = Pick<ChaosVendor, 'vendorId' | 'transport' | 'clockSkewMs'> & { machines: number };

/** What a run came to. */
export interface ChaosResult {
  seed: string;
  kind: RunKind | null;
  transport: ChaosTransport;
  orders: number;
  vendors: VendorTraits[];
  schedule: ChaosFault[];
  /** What the ERPs made of calls, by the name of the fault: how often. */
  erpFaults: Record<string, number>;
  /** What went wrong with polls and replies because plans had it so, or what was done to rows that drift: how often. */
  mishaps: Record<string, number>;
  counts: Record<string, number>;
  /** Orders that were answered and are not there, or are nowhere at the ERP although the hub says so; rows that differ. */
  lost: number;
  /** Orders that are more than once in an ERP, or were cancelled more than once. */
  doubled: number;
  /** Everything that is wrong, in words; nothing when all is well. */
  faults: string[];
  /** All that is known of the orders that something is wrong with. */
  stories: string[];
  tookMs: number;
}

/**
 * Places orders at a hub while the environment breaks as the seed says, heals it, waits until nothing is under way, and
 * compares what everyone says. An installation can be used for several runs, one after the other.
 */
export async function runChaos(installation: Installation, options: ChaosOptions): Promise<ChaosResult> {
  const began = performance.now();
  const { seed, kind, transport = 'mixed', restWithinMs = 180_000 } = options;
  const erps = installation.erps.map(({ name }) => name);
  const vendors = drawVendors(seed, { ...options, transport, erps });
  const vendorIds = vendors.map(({ vendorId }) => vendorId);
  const planned = drawLoad(seed, { ...options, vendorIds, skus: SKUS });
  const schedule = kind === null ? [] : drawSchedule(seed, { ...options, kind, transport, targets: installation.targets });
  const before = lookBefore(installation);
  await connectVendors(installation, vendors);

  const { load, retried, found } = await breakAndHeal(installation, planned, schedule, restWithinMs);
  const judged = await judgeRun(installation, { vendors, planned, load, schedule, before, found });
  const counts = { ...judged.counts, repeatedRequests: load.repeats, retriedDeadLetters: retried };
  const tookMs = Math.round(performance.now() - began);
  return { seed, kind, transport, orders: planned.length, vendors: vendors.map(traitsOf), schedule, ...judged, counts, tookMs };
}

/** Load and faults side by side, until nothing is under way. `found`: what did not come to rest, and what went backwards. */
async function breakAndHeal(
  installation: Installation,
  planned: readonly PlannedOrder[],
  schedule: readonly ChaosFault[],
  restWithinMs: number,
): Promise<{ load: LoadRecord; retried: number; found: string[] }> {
  const { pool } = installation;
  const client = clientOf(installation);
  const over = new AbortController();
  const beside = Promise.all([retryDeadLetters(client, pool, planned, over.signal), watchJobs(pool, over.signal)]);
  let load: LoadRecord;
  let open: string[];
  try {
    [load] = await Promise.all([runLoad(client, planned), injectAndHeal(installation, schedule)]);
    open = await awaitRest(pool, restWithinMs, { lateCalls: false });
  } finally {
    over.abort();
  }
  const [retried, wentBack] = await beside;
  // A dead letter that was retried at the last moment is under way once more.
  if (open.length === 0) open = await awaitRest(pool, restWithinMs);
  return { load, retried, found: [...open, ...wentBack] };
}

async function injectAndHeal(installation: Installation, schedule: readonly ChaosFault[]): Promise<void> {
  try {
    await injectFaults(installation, schedule);
  } finally {
    await installation.heal();
  }
}

function traitsOf({ vendorId, transport, clockSkewMs, polling }: ChaosVendor): VendorTraits {
  return { vendorId, transport, clockSkewMs, machines: polling?.machines ?? 1 };
}
