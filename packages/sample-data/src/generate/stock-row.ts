import { sealRow } from '@repo/contracts/content-hash';
import { divideRounded, formatUnits } from '../decimal';
import type { StockRow } from '../rows';
import { draftItem, type ItemDraft } from './draft-item';
import { mixSeed, Random } from './random';
import { warehouseIdAt } from './warehouse-row';

/** How many warehouses hold an item: at least, at most. */
export type Spread = readonly [fewest: number, most: number];

const STOCK_STREAM = 4;
const DAY = 86_400_000;

/** The stock rows of the item at `index`, in 1 … n of `warehouses` warehouses, each of them once. */
export function* stockRowsAt(seed: number, index: number, warehouses: number, spread: Spread, at: Date): Generator<StockRow> {
  const draft = draftItem(seed, index);
  const random = new Random(mixSeed(seed, STOCK_STREAM, index));
  const places = Math.min(warehouses, random.between(...spread));
  const first = random.below(warehouses);
  for (let place = 0; place < places; place += 1) {
    yield stockRow(draft, warehouseIdAt((first + place) % warehouses), random, at);
  }
}

function stockRow(draft: ItemDraft, erpWarehouseId: string, random: Random, at: Date): StockRow {
  // Quantities in thousandths: what is sold by weight has grams, everything else comes in whole packs.
  const step = draft.pack.unit.erpCode === 'KG' ? 1n : 1000n;
  const amount = (bound: number): bigint => BigInt(random.below(bound * Number(1000n / step))) * step;
  const real = realStock(random, amount);
  const reserved = random.chance(35) ? amount(12) : 0n;
  const ordered = random.chance(25) ? amount(200) : 0n;
  const incoming = ordered > 0n && random.chance(60) ? ordered : 0n;
  const averageCost = draft.purchaseCents * 100n + BigInt(random.below(100));
  const min = amount(20);
  return sealRow({
    sku: draft.sku,
    erpWarehouseId,
    realStock: formatUnits(real, 3),
    virtualStock: formatUnits(real - reserved + incoming, 3),
    reservedQuantity: formatUnits(reserved, 3),
    orderedQuantity: formatUnits(ordered, 3),
    incomingQuantity: formatUnits(incoming, 3),
    averageCost: formatUnits(averageCost, 4),
    stockValue: formatUnits(divideRounded(real * averageCost, 100_000n), 2),
    minStock: formatUnits(min, 3),
    maxStock: formatUnits(min * 10n + 1000n, 3),
    reorderThreshold: formatUnits(min + (min / (2n * step)) * step, 3),
    contentHash: '',
    lastSyncedAt: at.toISOString(),
    erpUpdatedAt: new Date(at.getTime() - random.below(3 * DAY)).toISOString(),
  });
}

// Sold out now and then; below zero where goods left before their receipt was booked.
function realStock(random: Random, amount: (bound: number) => bigint): bigint {
  const luck = random.below(100);
  if (luck < 3) return -(amount(8) + 1000n);
  if (luck < 10) return 0n;
  return amount(luck < 80 ? 120 : 2500);
}
