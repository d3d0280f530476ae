/** A value of a field that may be missing or null on the wire. */
type Optional = string | null;

/** One article as an agent sends it. Decimals are strings, times ISO 8601 with offset, codes the ERP's own. */
export interface ItemRow {
  sku: string;
  name: string;
  contentHash: string;
  lastSyncedAt: string;
  erpUnitCode: string;
  erpVatCode: string;
  erpFamilyCode?: Optional;
  erpSubfamilyCode?: Optional;
  erpId?: Optional;
  description?: Optional;
  barcode?: Optional;
  slug?: Optional;
  unitPrice?: Optional;
  priceExclVat?: Optional;
  priceInclVat?: Optional;
  vatAmount?: Optional;
  catalogPrice?: Optional;
  purchasePrice?: Optional;
  minimumOrderQuantity?: Optional;
  currency?: Optional;
  manageStock?: boolean | null;
  allowNegativeStock?: boolean | null;
  stockBookingAllowed?: boolean | null;
  trackingMode?: 'none' | 'lot' | 'serial' | null;
  weight?: Optional;
  weightUnit?: Optional;
  height?: Optional;
  width?: Optional;
  length?: Optional;
  dimensionUnit?: Optional;
  itemsPerPackage?: number | null;
  brand?: Optional;
  originCountryCode?: Optional;
  isActive?: boolean | null;
  publishOnWeb?: boolean | null;
  erpUpdatedAt?: Optional;
  attributes?: Record<string, unknown> | null;
}

/** What lies of one article in one warehouse. Quantities are decimal strings; `realStock` and `virtualStock` may be negative. */
export interface StockRow {
  sku: string;
  erpWarehouseId: string;
  realStock: string;
  virtualStock: string;
  reservedQuantity: string;
  orderedQuantity?: Optional;
  incomingQuantity?: Optional;
  averageCost?: Optional;
  stockValue?: Optional;
  minStock?: Optional;
  maxStock?: Optional;
  reorderThreshold?: Optional;
  contentHash: string;
  lastSyncedAt: string;
  erpUpdatedAt?: Optional;
}

/** One place where stock lies. `country` is ISO 3166-1 alpha-2. */
export interface WarehouseRow {
  erpWarehouseId: string;
  code: string;
  name: string;
  description?: Optional;
  address?: Optional;
  city?: Optional;
  postalCode?: Optional;
  state?: Optional;
  country?: Optional;
  latitude?: Optional;
  longitude?: Optional;
  isActive?: boolean | null;
  isDefault?: boolean | null;
  isMain?: boolean | null;
  type?: 'storage' | 'transit' | null;
  contentHash: string;
  lastSyncedAt: string;
}

/** One entry of a mapping seed: an ERP code and what it means to the hub. `vatRate` is in percent and only for `vat`. */
export interface MappingEntry {
  mappingType: 'unit' | 'vat' | 'family' | 'subfamily';
  erpCode: string;
  restoCode: string;
  restoLabel: string;
  vatRate?: string;
}
