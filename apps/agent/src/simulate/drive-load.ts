import type { PublicHub } from './public-hub';
import { rest } from './rest';
import { SeededRandom } from './seeded-random';
import type { SimulatedVendor } from './simulated-vendor';
import type { SimulationOptions } from './simulation-options';

const TICK_MS = 200;

/** What is due by now of so many over so long, and was not done yet. */
function due(total: number, done: number, elapsedMs: number, overMs: number): number {
  return Math.max(0, Math.floor(total * Math.min(1, elapsedMs / overMs)) - done);
}

/** Changes rows and places orders, evenly over the time, until it is over or the signal is aborted. Gives the numbers of what was placed. */
export async function driveLoad(
  hub: PublicHub,
  vendors: readonly SimulatedVendor[],
  { changeRate, orders, forSeconds, seed, ordersKey, adminKey, items }: SimulationOptions,
  signal: AbortSignal,
): Promise<Map<string, string[]>> {
  const [changing, ordering] = ['changes', 'orders'].map((label) => new SeededRandom(`${seed}/${label}`)) as [SeededRandom, SeededRandom];
  const placed = new Map(vendors.map(({ vendorId }) => [vendorId, [] as string[]]));
  const key = ordersKey ?? adminKey;
  const overMs = forSeconds * 1_000;
  const began = performance.now();
  // Of this run: an earlier one of the same seed may have placed orders, too.
  const run = Date.now().toString(36);
  let changes = 0;
  let ordered = 0;
  for (let elapsed = 0; elapsed < overMs && !signal.aborted;) {
    await rest(Math.min(TICK_MS, overMs - elapsed), signal);
    if (signal.aborted) break;
    elapsed = performance.now() - began;
    for (let left = due(changeRate * forSeconds, changes, elapsed, overMs); left > 0; left--, changes++) {
      vendors[changing.below(vendors.length)]?.rows.change();
    }
    if (key === undefined) continue;
    for (let left = due(orders, ordered, elapsed, overMs); left > 0 && !signal.aborted; left--, ordered++) {
      const vendor = vendors[ordering.below(vendors.length)];
      if (vendor === undefined) continue;
      const number = `${vendor.vendorId}-${run}-${ordered}`;
      try {
        await hub.placeOrder(key, vendor.vendorId, number, `A-${ordering.below(items)}`);
      } catch (error) {
        // Cut off by the end. If the hub has it all the same, it is compared as one that somebody else placed.
        if (signal.aborted) break;
        throw error;
      }
      placed.get(vendor.vendorId)?.push(number);
    }
  }
  return placed;
}
