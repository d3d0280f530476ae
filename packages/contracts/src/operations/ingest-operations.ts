import { z } from 'zod';
import { Uuid, VendorId, type Entity } from '../primitives';
import { ItemRow } from '../rows/item-row';
import { StockRow } from '../rows/stock-row';
import { WarehouseRow } from '../rows/warehouse-row';
import { IngestReply } from '../verdicts';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

/** The most rows of a request on the plain route and on `/batch`. */
export const MOST_ROWS = { incremental: 500, batch: 5_000 } as const;
export type BatchKind = keyof typeof MOST_ROWS;

const query = z.strictObject({ results: z.enum(['all', 'problems']).default('all') });
const headers = z.object({ 'x-snapshot-id': Uuid.optional() });
const errors = [
  ...COMMON_ERRORS,
  ...BODY_ERRORS,
  'vendor_mismatch',
  'agent_disabled',
  'too_many_rows',
  'not_found',
  'conflict',
  'expired',
] as const;

/** Rows pass the door unread and uncopied: each is judged alone, so that a bad one fails alone. */
const unjudged = z
  .custom<unknown[]>((value) => Array.isArray(value), { abort: true, error: 'must be a list of rows' })
  .refine((rows) => rows.length > 0, { error: 'must hold at least one row' });

const shared = {
  tag: 'Ingest',
  access: 'agent',
  method: 'POST',
  judgesRows: true,
  query,
  headers,
  status: 200,
  reply: IngestReply,
  errors,
} as const;
const plain = { ...shared, limit: 'ingest', bodySize: 'incremental' } as const;
const batch = { ...shared, limit: 'batch', bodySize: 'batch' } as const;

const itemsBody = { body: z.strictObject({ vendorId: VendorId.optional(), items: unjudged }) };
const stockBody = { body: z.strictObject({ vendorId: VendorId.optional(), stock: unjudged }) };
const warehousesBody = { body: z.strictObject({ vendorId: VendorId.optional(), warehouses: unjudged }) };

const documented = <T extends z.ZodType>(entity: Entity, row: T, most: number) =>
  z.strictObject({ vendorId: VendorId.optional(), [entity]: z.array(row).min(1).max(most) });

const item = {
  sku: 'A-1',
  name: 'Crème brûlée 6×90 g',
  contentHash: '75e0d458fc2da40b5b8b8b614d0192e9',
  lastSyncedAt: '2026-01-31T08:30:00Z',
  erpUnitCode: 'BX',
  erpVatCode: 'T1',
  priceExclVat: '12.50',
};
const stockLevel = {
  sku: 'A-1',
  erpWarehouseId: 'W1',
  realStock: '12',
  virtualStock: '10',
  reservedQuantity: '2',
  contentHash: 'c5ef0ec65b935acdb265ab60683b0d4a',
  lastSyncedAt: '2026-01-31T08:30:00Z',
};
const warehouse = {
  erpWarehouseId: 'W1',
  code: 'RUNGIS',
  name: 'Entrepôt de Rungis',
  country: 'FR',
  contentHash: '943940738bfc7815a2510342f4d7ad4a',
  lastSyncedAt: '2026-01-31T08:30:00Z',
};

export const pushItems = operation({
  ...plain,
  ...itemsBody,
  id: 'pushItems',
  path: '/api/sync/items',
  summary: 'Push up to 500 items',
  documentedBody: documented('items', ItemRow, MOST_ROWS.incremental),
  example: { items: [item] },
});
export const pushItemsBatch = operation({
  ...batch,
  ...itemsBody,
  id: 'pushItemsBatch',
  path: '/api/sync/items/batch',
  summary: 'Push up to 5,000 items',
  documentedBody: documented('items', ItemRow, MOST_ROWS.batch),
  example: { items: [item] },
});
export const pushStock = operation({
  ...plain,
  ...stockBody,
  id: 'pushStock',
  path: '/api/sync/stock',
  summary: 'Push up to 500 stock levels',
  documentedBody: documented('stock', StockRow, MOST_ROWS.incremental),
  example: { stock: [stockLevel] },
});
export const pushStockBatch = operation({
  ...batch,
  ...stockBody,
  id: 'pushStockBatch',
  path: '/api/sync/stock/batch',
  summary: 'Push up to 5,000 stock levels',
  documentedBody: documented('stock', StockRow, MOST_ROWS.batch),
  example: { stock: [stockLevel] },
});
export const pushWarehouses = operation({
  ...plain,
  ...warehousesBody,
  id: 'pushWarehouses',
  path: '/api/sync/warehouses',
  summary: 'Push up to 500 warehouses',
  documentedBody: documented('warehouses', WarehouseRow, MOST_ROWS.incremental),
  example: { warehouses: [warehouse] },
});
export const pushWarehousesBatch = operation({
  ...batch,
  ...warehousesBody,
  id: 'pushWarehousesBatch',
  path: '/api/sync/warehouses/batch',
  summary: 'Push up to 5,000 warehouses',
  documentedBody: documented('warehouses', WarehouseRow, MOST_ROWS.batch),
  example: { warehouses: [warehouse] },
});
