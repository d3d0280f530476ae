import type { PublicHub } from './public-hub';
import { rest } from './rest';
import { SeededRandom } from './seeded-random';
import { isComer } from './simulated-rows';
import type { SimulatedVendor } from './simulated-vendor';
import type { SimulationOptions } from './simulation-options';

const TICK_MS = 200;
/** The share of the orders that are cancelled, and how long after they were placed at the latest. */
const CANCELLED = 0.1;
const CANCELLED_WITHIN_MS = 3_000;

/** What the load came to. */
export interface DrivenLoad {
  /** Numbers of the orders that were placed, by vendor. */
  placedBy: ReadonlyMap<string, readonly string[]>;
  /** Numbers of those that were cancelled. */
  cancelled: ReadonlySet<string>;
}

/** What is due by now of so many over so long, and was not done yet. */
function due(total: number, done: number, elapsedMs: number, overMs: number): number {
  return Math.max(0, Math.floor(total * Math.min(1, elapsedMs / overMs)) - done);
}

/** Changes rows, places orders and cancels some, evenly over the time, until it is over or the signal is aborted. */
export async function driveLoad(
  hub: PublicHub,
  vendors: readonly SimulatedVendor[],
  options: SimulationOptions,
  signal: AbortSignal,
): Promise<DrivenLoad> {
  const { changeRate, orders, forSeconds, seed, ordersKey, adminKey } = options;
  const key = ordersKey ?? adminKey;
  const clients = key === undefined ? undefined : new Clients(hub, key, vendors, options);
  const changing = new SeededRandom(`${seed}/changes`);
  const overMs = forSeconds * 1_000;
  const began = performance.now();
  let changes = 0;
  for (let elapsed = 0; elapsed < overMs && !signal.aborted;) {
    await rest(Math.min(TICK_MS, overMs - elapsed), signal);
    if (signal.aborted) break;
    elapsed = performance.now() - began;
    for (let left = due(changeRate * forSeconds, changes, elapsed, overMs); left > 0; left--, changes++) {
      vendors[changing.below(vendors.length)]?.rows.change();
    }
    for (let left = due(orders, clients?.ordered ?? orders, elapsed, overMs); left > 0 && !signal.aborted; left--) {
      await unlessEnded(clients?.place(elapsed), signal);
    }
    if (!signal.aborted) await unlessEnded(clients?.cancelDue(elapsed), signal);
  }
  if (!signal.aborted) await unlessEnded(clients?.cancelDue(Number.POSITIVE_INFINITY), signal);
  return { placedBy: clients?.placedBy ?? new Map(), cancelled: clients?.cancelled ?? new Set() };
}

/** Cut off by the end. If the hub has done it all the same, it is compared as what somebody else did. */
async function unlessEnded(work: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Those who order, and change their mind. */
class Clients {
  readonly placedBy: Map<string, string[]>;
  readonly cancelled = new Set<string>();
  ordered = 0;
  private readonly ordering: SeededRandom;
  private readonly cancelling: SeededRandom;
  private readonly toCancel: { id: string; number: string; atMs: number }[] = [];
  // Of this run: an earlier one of the same seed may have placed orders, too.
  private readonly run = Date.now().toString(36);

  constructor(
    private readonly hub: PublicHub,
    private readonly key: string,
    private readonly vendors: readonly SimulatedVendor[],
    private readonly options: SimulationOptions,
  ) {
    this.placedBy = new Map(vendors.map(({ vendorId }) => [vendorId, []]));
    this.ordering = new SeededRandom(`${options.seed}/orders`);
    this.cancelling = new SeededRandom(`${options.seed}/cancels`);
  }

  async place(elapsedMs: number): Promise<void> {
    const { vendorId } = this.vendors[this.ordering.below(this.vendors.length)] as SimulatedVendor;
    const at = this.ordering.below(this.options.items);
    const number = `${vendorId}-${this.run}-${this.ordered++}`;
    const { id } = await this.hub.placeOrder(this.key, vendorId, number, `A-${isComer(at) ? at - 1 : at}`);
    this.placedBy.get(vendorId)?.push(number);
    const isCancelled = this.cancelling.chance(CANCELLED);
    const atMs = elapsedMs + this.cancelling.below(CANCELLED_WITHIN_MS);
    if (isCancelled) this.toCancel.push({ id, number, atMs });
  }

  async cancelDue(elapsedMs: number): Promise<void> {
    const now = this.toCancel.filter(({ atMs }) => atMs <= elapsedMs);
    for (const order of now) {
      this.toCancel.splice(this.toCancel.indexOf(order), 1);
      await this.hub.cancelOrder(this.key, order.id);
      this.cancelled.add(order.number);
    }
  }
}
