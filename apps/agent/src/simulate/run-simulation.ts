import { setTimeout as sleep } from 'node:timers/promises';
import { driveLoad } from './drive-load';
import { enrolVendor } from './enrol-vendors';
import { listenForVendors } from './listen-for-vendors';
import { judgeVendors } from './oracle';
import { PublicHub } from './public-hub';
import { reportOf, type SimulationReport } from './simulation-report';
import { SimulatedVendor } from './simulated-vendor';
import { vendorIdOf, type SimulationOptions } from './simulation-options';

/** Told of what goes on. */
export interface SimulationStage {
  say: (what: string) => void;
  /** Asked to show how far all have got. */
  show: (seconds: number, vendors: readonly SimulatedVendor[]) => void;
  showEveryMs: number;
}

const LOADED_AGAIN_MS = 200;
const LEAST_PATIENCE_MS = 30_000;

/**
 * Vendors whose ERPs change and take orders while things go wrong; at the end both sides are compared. When the signal is aborted
 * nothing more changes, and what is under way is compared all the same.
 * @throws HubRefusal, HubError: of what keeps it from beginning, or from comparing
 */
export async function runSimulation(options: SimulationOptions, stage: SimulationStage, signal: AbortSignal): Promise<SimulationReport> {
  const began = performance.now();
  const since = (from: number) => (performance.now() - from) / 1_000;
  const vendors = new Map<string, SimulatedVendor>();
  const hub = new PublicHub(options.hubUrl, { signal });
  const listener = options.transport === 'push' ? await listenForVendors(options.listenHost, (id) => vendors.get(id)) : undefined;
  const showing = setInterval(() => stage.show(since(began), [...vendors.values()]), stage.showEveryMs);
  const key = options.ordersKey ?? options.adminKey ?? '';
  const before = new Set<string>();
  try {
    for (let at = 0; at < options.vendors; at++) {
      const vendorId = vendorIdOf(options.seed, at);
      const secrets = await enrolVendor(hub, vendorId, listener?.urlOf(vendorId), options);
      for (const { id } of await hub.orders(key, vendorId)) before.add(id);
      vendors.set(vendorId, new SimulatedVendor(vendorId, secrets, options));
    }
    const all = [...vendors.values()];
    stage.say(`${all.length} vendors are registered`);
    await Promise.all(all.map((vendor) => vendor.start()));
    while (!signal.aborted && all.some(({ rows, counts }) => counts.sent === 0 || rows.dirtyCount() > 0)) await sleep(LOADED_AGAIN_MS);
    stage.say(`the first load took ${since(began).toFixed(1)} s; changes and orders begin`);
    const load = await driveLoad(hub, all, options, signal);
    const cutShort = signal.aborted;
    const rested = performance.now();
    all.forEach((vendor) => vendor.settle());
    stage.say('nothing changes any more: what is under way settles, and both sides are compared');
    const withinMs = options.settleSeconds * 1_000;
    const patience = { signal: new AbortController().signal, awayMs: Math.max(withinMs, LEAST_PATIENCE_MS) };
    const verdicts = await judgeVendors(
      new PublicHub(options.hubUrl, patience),
      key,
      all,
      { ...load, before },
      {
        withinMs,
        onLook: (differing) => stage.say(differing === 0 ? 'every vendor is equal' : `${differing} of ${all.length} vendors differ still`),
      },
    );
    const ordersPlaced = [...load.placedBy.values()].reduce((sum, { length }) => sum + length, 0);
    const outcome = { cutShort, seconds: since(began), settleSeconds: since(rested), ordersPlaced, ordersCancelled: load.cancelled.size };
    return reportOf(options, all, verdicts, outcome);
  } finally {
    clearInterval(showing);
    await Promise.all([...vendors.values()].map((vendor) => vendor.stop()));
    await listener?.close();
  }
}
