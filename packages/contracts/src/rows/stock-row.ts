import { z } from 'zod';
import { UNSURE, withFastReader } from '../fast-read';
import { ContentHash, decimal, KEY_SEPARATOR, text, timestamp } from '../primitives';

/** A part of a stock key: the separator may not stand in it, or two keys could look like one. */
const keyPart = withFastReader(
  text(100, 1).refine((value) => !value.includes(KEY_SEPARATOR), { error: 'must not hold U+001F' }),
  (value) => (typeof value === 'string' && value.length >= 1 && value.length <= 100 && !value.includes(KEY_SEPARATOR) ? value : UNSURE),
);

/** The stock of one item in one warehouse as an agent sends it. */
export const StockRow = z
  .strictObject({
    sku: keyPart,
    erpWarehouseId: keyPart,
    realStock: decimal(),
    virtualStock: decimal(),
    reservedQuantity: decimal({ min: 0 }),
    orderedQuantity: decimal({ min: 0 }).nullish(),
    incomingQuantity: decimal({ min: 0 }).nullish(),
    averageCost: decimal().nullish(),
    stockValue: decimal().nullish(),
    minStock: decimal({ min: 0 }).nullish(),
    maxStock: decimal({ min: 0 }).nullish(),
    reorderThreshold: decimal({ min: 0 }).nullish(),
    contentHash: ContentHash,
    lastSyncedAt: timestamp(),
    erpUpdatedAt: timestamp().nullish(),
  })
  .meta({ id: 'StockRow' });
export type StockRow = z.infer<typeof StockRow>;
export type StockRowInput = z.input<typeof StockRow>;
