import type { ItemRow, MappingEntry, StockRow, WarehouseRow } from '../rows';
import type { Entity } from './mapping-file';

type Fields<T> = Record<keyof T, 'required' | 'optional'>;

const ITEM: Fields<ItemRow> = {
  sku: 'required',
  name: 'required',
  contentHash: 'optional',
  lastSyncedAt: 'optional',
  erpUnitCode: 'required',
  erpVatCode: 'required',
  erpFamilyCode: 'optional',
  erpSubfamilyCode: 'optional',
  erpId: 'optional',
  description: 'optional',
  barcode: 'optional',
  slug: 'optional',
  unitPrice: 'optional',
  priceExclVat: 'optional',
  priceInclVat: 'optional',
  vatAmount: 'optional',
  catalogPrice: 'optional',
  purchasePrice: 'optional',
  minimumOrderQuantity: 'optional',
  currency: 'optional',
  manageStock: 'optional',
  allowNegativeStock: 'optional',
  stockBookingAllowed: 'optional',
  trackingMode: 'optional',
  weight: 'optional',
  weightUnit: 'optional',
  height: 'optional',
  width: 'optional',
  length: 'optional',
  dimensionUnit: 'optional',
  itemsPerPackage: 'optional',
  brand: 'optional',
  originCountryCode: 'optional',
  isActive: 'optional',
  publishOnWeb: 'optional',
  erpUpdatedAt: 'optional',
  attributes: 'optional',
};

const STOCK: Fields<StockRow> = {
  sku: 'required',
  erpWarehouseId: 'required',
  realStock: 'required',
  virtualStock: 'required',
  reservedQuantity: 'required',
  orderedQuantity: 'optional',
  incomingQuantity: 'optional',
  averageCost: 'optional',
  stockValue: 'optional',
  minStock: 'optional',
  maxStock: 'optional',
  reorderThreshold: 'optional',
  contentHash: 'optional',
  lastSyncedAt: 'optional',
  erpUpdatedAt: 'optional',
};

const WAREHOUSE: Fields<WarehouseRow> = {
  erpWarehouseId: 'required',
  code: 'required',
  name: 'required',
  description: 'optional',
  address: 'optional',
  city: 'optional',
  postalCode: 'optional',
  state: 'optional',
  country: 'optional',
  latitude: 'optional',
  longitude: 'optional',
  isActive: 'optional',
  isDefault: 'optional',
  isMain: 'optional',
  type: 'optional',
  contentHash: 'optional',
  lastSyncedAt: 'optional',
};

const MAPPING: Fields<MappingEntry> = {
  mappingType: 'required',
  erpCode: 'required',
  restoCode: 'required',
  restoLabel: 'required',
  vatRate: 'optional',
};

/** The fields a mapping may name, and those it must: `contentHash` and `lastSyncedAt` are made where no column has them. */
export const ENTITY_FIELDS: Record<Entity, Record<string, 'required' | 'optional'>> = {
  mappings: MAPPING,
  warehouses: WAREHOUSE,
  items: ITEM,
  stock: STOCK,
};
