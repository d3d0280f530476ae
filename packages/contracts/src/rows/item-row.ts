import { z } from 'zod';
import { ContentHash, decimal, freeObject, pattern, text, timestamp } from '../primitives';

const MOST_ATTRIBUTE_BYTES = 16 * 1024;

/** One item of a vendor's catalogue as an agent sends it; unknown properties make the row invalid. */
export const ItemRow = z
  .strictObject({
    sku: text(100, 1),
    name: text(255, 1),
    contentHash: ContentHash,
    lastSyncedAt: timestamp(),
    erpUnitCode: text(50, 1),
    erpVatCode: text(50, 1),
    erpFamilyCode: text(50).nullish(),
    erpSubfamilyCode: text(50).nullish(),
    erpId: text(100).nullish(),
    description: text(10_000).nullish(),
    barcode: text(100).nullish(),
    slug: text(255).nullish(),
    unitPrice: decimal().nullish(),
    priceExclVat: decimal().nullish(),
    priceInclVat: decimal().nullish(),
    vatAmount: decimal().nullish(),
    catalogPrice: decimal().nullish(),
    purchasePrice: decimal().nullish(),
    minimumOrderQuantity: decimal({ min: 0 }).nullish(),
    currency: pattern(/^[A-Z]{3}$/, 'an ISO 4217 code such as EUR').nullish(),
    manageStock: z.boolean().nullish(),
    allowNegativeStock: z.boolean().nullish(),
    stockBookingAllowed: z.boolean().nullish(),
    trackingMode: z.enum(['none', 'lot', 'serial']).nullish(),
    weight: decimal({ min: 0 }).nullish(),
    weightUnit: text(20).nullish(),
    height: decimal({ min: 0 }).nullish(),
    width: decimal({ min: 0 }).nullish(),
    length: decimal({ min: 0 }).nullish(),
    dimensionUnit: text(20).nullish(),
    itemsPerPackage: decimal({ min: 0 }).nullish(),
    brand: text(500).nullish(),
    originCountryCode: text(10).nullish(),
    isActive: z.boolean().nullish(),
    publishOnWeb: z.boolean().nullish(),
    erpUpdatedAt: timestamp().nullish(),
    attributes: freeObject(MOST_ATTRIBUTE_BYTES).nullish(),
  })
  .meta({ id: 'ItemRow' });
export type ItemRow = z.infer<typeof ItemRow>;
/** The row as a client may write it: decimals may be numbers. */
export type ItemRowInput = z.input<typeof ItemRow>;
