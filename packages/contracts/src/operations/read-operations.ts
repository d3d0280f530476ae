import { z } from 'zod';
import { QueryFlag, ReplyTime, text, timestamp, VendorId, wholeQuery, type Entity } from '../primitives';
import { ItemRow } from '../rows/item-row';
import { StockRow } from '../rows/stock-row';
import { WarehouseRow } from '../rows/warehouse-row';
import { storedFields } from '../rows/stored-field';
import { COMMON_ERRORS, operation } from './operation';

/** The most rows of one page of changes. */
export const MOST_READ = 1_000;

const decimalText = z.string().nullable();
const optionalText = z.string().nullable();

/** What the hub adds to every row. */
const kept = { vendorId: VendorId, createdAt: ReplyTime, updatedAt: ReplyTime, deletedAt: ReplyTime.nullable() };

export const StoredItem = z
  .strictObject({
    ...storedFields(ItemRow.shape),
    ...kept,
    unitCode: optionalText,
    unitLabel: optionalText,
    vatCode: optionalText,
    vatRate: decimalText,
    familyCode: optionalText,
    familyLabel: optionalText,
    subfamilyCode: optionalText,
    subfamilyLabel: optionalText,
  })
  .meta({ id: 'Item' });
export const StoredStock = z.strictObject({ ...storedFields(StockRow.shape), ...kept }).meta({ id: 'Stock' });
export const StoredWarehouse = z.strictObject({ ...storedFields(WarehouseRow.shape), ...kept }).meta({ id: 'Warehouse' });

const shared = { tag: 'Catalogue', access: 'read', limit: 'orders', method: 'GET' } as const;

/** A cursor holds a key of twice 100 characters, at worst escaped, in Base64. */
const LONGEST_CURSOR = 3_000;

const query = z.strictObject({
  vendorId: VendorId,
  updatedSince: timestamp()
    .optional()
    .meta({ description: 'Only rows written at this time or later. The cursor carries it on: give the same or none with a cursor.' }),
  deleted: QueryFlag.optional().meta({ description: '`true` also gives deleted rows, with `deletedAt`. Not carried by the cursor.' }),
  cursor: z.string().max(LONGEST_CURSOR).optional().meta({ description: '`meta.nextCursor` of the page before.' }),
  limit: wholeQuery(MOST_READ, 100),
});
const page = <T extends z.ZodType>(row: T) =>
  z.strictObject({
    data: z.array(row),
    meta: z.strictObject({ limit: z.int(), nextCursor: z.string(), hasMore: z.boolean() }),
  });
const list = (entity: Entity) =>
  ({
    ...shared,
    query,
    path: `/api/${entity}`,
    summary: `${entity[0]?.toUpperCase()}${entity.slice(1)} by change, oldest first`,
    description:
      'A client that keeps `meta.nextCursor` (given also on the last page) and asks again later misses nothing. ' +
      'A cursor older than deleted rows are kept is 410 `expired`: read everything again.',
    status: 200,
    errors: [...COMMON_ERRORS, 'forbidden', 'expired'],
  }) as const;
const single = { ...shared, status: 200, errors: [...COMMON_ERRORS, 'forbidden', 'not_found'] } as const;
const key = text(100, 1);

export const listItems = operation({ ...list('items'), id: 'listItems', reply: page(StoredItem) });
export const listStock = operation({ ...list('stock'), id: 'listStock', reply: page(StoredStock) });
export const listWarehouses = operation({ ...list('warehouses'), id: 'listWarehouses', reply: page(StoredWarehouse) });

export const getItem = operation({
  ...single,
  id: 'getItem',
  path: '/api/items/:vendorId/:sku',
  summary: 'One item',
  params: z.strictObject({ vendorId: VendorId, sku: key }),
  reply: StoredItem,
});
export const getStock = operation({
  ...single,
  id: 'getStock',
  path: '/api/stock/:vendorId/:sku',
  summary: 'The stock of one item, a row a warehouse',
  params: z.strictObject({ vendorId: VendorId, sku: key }),
  reply: z.strictObject({ data: z.array(StoredStock) }),
});
export const getStockAt = operation({
  ...single,
  id: 'getStockAt',
  path: '/api/stock/:vendorId/:erpWarehouseId/:sku',
  summary: 'The stock of one item in one warehouse',
  params: z.strictObject({ vendorId: VendorId, erpWarehouseId: key, sku: key }),
  reply: StoredStock,
});
export const getWarehouse = operation({
  ...single,
  id: 'getWarehouse',
  path: '/api/warehouses/:vendorId/:erpWarehouseId',
  summary: 'One warehouse',
  params: z.strictObject({ vendorId: VendorId, erpWarehouseId: key }),
  reply: StoredWarehouse,
});
