import { divideRounded, formatUnits, parseUnits } from './decimal';
import { mixSeed, Random } from './generate/random';
import { sealRow } from '@repo/contracts/content-hash';
import type { ItemRow, StockRow } from './rows';
import { findVat, vatOn } from './vat';

export interface ChangeOptions {
  /** Another seed, another change. */
  seed?: number;
  /** The new `lastSyncedAt`; without it one minute after the row's. */
  at?: Date;
}

/**
 * A later version of a row, as an ERP would send it: an item with another price, a stock row with another quantity. The same row, seed and
 * time give the same change; the hash is new, `lastSyncedAt` later. The row passed in is left alone.
 */
export function changeRow<T extends ItemRow | StockRow>(row: T, options: ChangeOptions = {}): T {
  const at = laterThan(row.lastSyncedAt, options.at);
  const random = new Random(mixSeed(options.seed ?? 0, ...Buffer.from(row.contentHash)));
  const change = 'erpWarehouseId' in row ? movedStock(row, random) : movedPrice(row, random);
  const updated = typeof row.erpUpdatedAt === 'string' ? { erpUpdatedAt: at } : {};
  return sealRow({ ...row, ...change, ...updated, lastSyncedAt: at });
}

function laterThan(lastSyncedAt: string, at: Date | undefined): string {
  const before = Date.parse(lastSyncedAt);
  const after = at?.getTime() ?? before + 60_000;
  if (!(after > before)) throw new RangeError(`a changed row cannot be synced at ${String(at)}: it was synced at ${lastSyncedAt} before`);
  return new Date(after).toISOString();
}

function movedPrice(row: ItemRow, random: Random): Partial<ItemRow> {
  const old = parseUnits(row.priceExclVat ?? '', 10);
  const oldCents = old === undefined ? BigInt(random.between(50, 4000)) : divideRounded(old, 10n ** 8n);
  // At least a cent, or a cheap article would not change at all.
  const move = divideRounded(oldCents * BigInt(random.between(1, 8)), 100n) || 1n;
  const cents = oldCents > move && random.chance(40) ? oldCents - move : oldCents + move;
  const price = formatUnits(cents, 2);
  const catalogPrice = parseUnits(row.catalogPrice ?? '', 10);
  return {
    unitPrice: price,
    priceExclVat: price,
    ...taxed(row, cents),
    ...(catalogPrice !== undefined && catalogPrice < cents * 10n ** 8n ? { catalogPrice: price } : {}),
  };
}

function taxed(row: ItemRow, cents: bigint): Partial<ItemRow> {
  const rate = findVat(row.erpVatCode);
  // Amounts of an unknown rate would contradict the new price: rather none.
  if (!rate) return { ...(row.vatAmount && { vatAmount: null }), ...(row.priceInclVat && { priceInclVat: null }) };
  const vatCents = vatOn(cents, rate);
  return { vatAmount: formatUnits(vatCents, 2), priceInclVat: formatUnits(cents + vatCents, 2) };
}

function movedStock(row: StockRow, random: Random): Partial<StockRow> {
  const units = BigInt(random.chance(60) ? -random.between(1, 12) : random.between(1, 60));
  const moved = (quantity: string): string => formatUnits((parseUnits(quantity, 10) ?? 0n) + units * 10n ** 10n, 10);
  const realStock = moved(row.realStock);
  return { realStock, virtualStock: moved(row.virtualStock), ...valued(row, realStock) };
}

function valued(row: StockRow, realStock: string): Partial<StockRow> {
  const cost = parseUnits(row.averageCost ?? '', 10);
  const real = parseUnits(realStock, 10);
  if (cost === undefined || real === undefined || row.stockValue === undefined) return {};
  return { stockValue: formatUnits(divideRounded(cost * real, 10n ** 18n), 2) };
}
