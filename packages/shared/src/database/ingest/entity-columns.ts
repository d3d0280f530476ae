import type { Entity } from '@repo/contracts/primitives';

/** How a column travels to PostgreSQL. */
export type ColumnKind = 'text' | 'numeric' | 'boolean' | 'timestamptz' | 'jsonb';

/** A property of the wire row and the column it is stored in. */
export interface RowColumn {
  readonly property: string;
  readonly column: string;
  readonly kind: ColumnKind;
}

const snake = (property: string) => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function columns(kinds: Partial<Record<ColumnKind, string>>): RowColumn[] {
  return Object.entries(kinds).flatMap(([kind, properties]) =>
    properties.split(' ').map((property) => ({ property, column: snake(property), kind: kind as ColumnKind })),
  );
}

/** The columns that an ERP's row fills, its key and what every entity has left out. */
export const ROW_COLUMNS: Readonly<Record<Entity, readonly RowColumn[]>> = {
  items: columns({
    text: 'name erpId description barcode slug erpUnitCode erpVatCode erpFamilyCode erpSubfamilyCode currency trackingMode weightUnit dimensionUnit brand originCountryCode',
    numeric:
      'unitPrice priceExclVat priceInclVat vatAmount catalogPrice purchasePrice minimumOrderQuantity weight height width length itemsPerPackage',
    boolean: 'manageStock allowNegativeStock stockBookingAllowed isActive publishOnWeb',
    timestamptz: 'erpUpdatedAt',
    jsonb: 'attributes',
  }),
  stock: columns({
    numeric:
      'realStock virtualStock reservedQuantity orderedQuantity incomingQuantity averageCost stockValue minStock maxStock reorderThreshold',
    timestamptz: 'erpUpdatedAt',
  }),
  warehouses: columns({
    text: 'code name description address city postalCode state country type',
    numeric: 'latitude longitude',
    boolean: 'isActive isDefault isMain',
  }),
};

/** The columns that come from the mappings, for items alone. */
export const MAPPED_COLUMNS: readonly RowColumn[] = columns({
  text: 'unitCode unitLabel vatCode familyCode familyLabel subfamilyCode subfamilyLabel',
  numeric: 'vatRate',
});

/** The key of each entity within its vendor, in the order in which keys are sorted and locked. */
export const KEY_COLUMNS: Readonly<Record<Entity, readonly RowColumn[]>> = {
  items: columns({ text: 'sku' }),
  stock: columns({ text: 'erpWarehouseId sku' }),
  warehouses: columns({ text: 'erpWarehouseId' }),
};
