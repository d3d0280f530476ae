import { SeededRandom } from '../random';

/** One order as a client will place it, and what happens to it besides. */
export interface PlannedOrder {
  vendorId: string;
  orderNumber: string;
  /** Milliseconds from the start of the load. */
  atMs: number;
  lines: { sku: string; quantity: number; unitPrice: string }[];
  /** Milliseconds after it was placed; null: it is not cancelled. */
  cancelAfterMs: number | null;
  /** Whether a dead letter of it is retried as soon as somebody sees it. */
  retryDeadLetter: boolean;
}

export interface LoadOptions {
  orders: number;
  vendorIds: readonly string[];
  /** What there is to order. */
  skus: readonly string[];
  /** The time in which they are placed, in milliseconds. */
  withinMs: number;
}

const CANCELLED_SHARE = 0.15;
const RETRIED_SHARE = 0.6;

/** Draws the orders of a run, in the order of time; the same seed and options give the same ones. */
export function drawLoad(seed: string, { orders, vendorIds, skus, withinMs }: LoadOptions): PlannedOrder[] {
  const random = new SeededRandom(seed).fork('load');
  const planned = Array.from({ length: orders }, (_, i): PlannedOrder => {
    const lines = random
      .shuffled(skus)
      .slice(0, random.int(1, skus.length))
      .map((sku) => ({ sku, quantity: random.int(1, 20), unitPrice: `${random.int(1, 99)}.${random.int(10, 99)}` }));
    return {
      vendorId: random.pick(vendorIds),
      orderNumber: `${seed}-${i + 1}`,
      atMs: random.int(0, withinMs),
      lines,
      // Half of them at once: a cancel that meets the first try is the one that has to be got right.
      cancelAfterMs: random.chance(CANCELLED_SHARE)
        ? random.chance(0.5)
          ? random.int(0, 50)
          : random.int(50, Math.max(50, Math.round(withinMs / 3)))
        : null,
      retryDeadLetter: random.chance(RETRIED_SHARE),
    };
  });
  return planned.sort((a, b) => a.atMs - b.atMs);
}
