import { z } from 'zod';
import { ContentHash, decimal, pattern, text, timestamp } from '../primitives';

/** One warehouse of a vendor as an agent sends it. */
export const WarehouseRow = z
  .strictObject({
    erpWarehouseId: text(100, 1),
    code: text(100, 1),
    name: text(255, 1),
    description: text(10_000).nullish(),
    address: text(500).nullish(),
    city: text(255).nullish(),
    postalCode: text(50).nullish(),
    state: text(255).nullish(),
    country: pattern(/^[A-Z]{2}$/, 'an ISO 3166-1 alpha-2 code such as FR').nullish(),
    latitude: decimal({ min: -90, max: 90 }).nullish(),
    longitude: decimal({ min: -180, max: 180 }).nullish(),
    isActive: z.boolean().nullish(),
    isDefault: z.boolean().nullish(),
    isMain: z.boolean().nullish(),
    type: z.enum(['storage', 'transit']).nullish(),
    contentHash: ContentHash,
    lastSyncedAt: timestamp(),
  })
  .meta({ id: 'WarehouseRow' });
export type WarehouseRow = z.infer<typeof WarehouseRow>;
export type WarehouseRowInput = z.input<typeof WarehouseRow>;
