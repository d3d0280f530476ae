import type { CatalogueMapping, RowsSource } from './mapping-file';

// These sets say nothing about units, and are not from France: one unit and one VAT rate for all, so that their rows can be stored.
const UNIT = { mappingType: 'unit', erpCode: 'PCE', restoCode: 'PIECE', restoLabel: 'Pièce' };
const FOOD_VAT = { mappingType: 'vat', erpCode: 'FR-5.5', restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 % (taux réduit)', vatRate: '5.5' };
const USUAL_VAT = { mappingType: 'vat', erpCode: 'FR-20', restoCode: 'FR-20', restoLabel: 'TVA 20 % (taux normal)', vatRate: '20' };
const FOOD_CODES: RowsSource = { rows: [UNIT, FOOD_VAT] };

const food = { erpUnitCode: { constant: UNIT.erpCode }, erpVatCode: { constant: FOOD_VAT.erpCode } };

/** Open Food Facts, names by barcode. */
const OPEN_FOOD_FACTS: CatalogueMapping = {
  vendor: 'open-food-facts',
  mappings: [FOOD_CODES],
  items: [{ file: 'off_fr_items.csv', fields: { sku: 'barcode', name: 'product_name', barcode: 'barcode', ...food } }],
};

/** Open Food Facts as of 2018, with brand, category and the time of the last change. A vendor of its own: it has other rows for the same codes. */
const OPEN_FOOD_FACTS_2018: CatalogueMapping = {
  vendor: 'open-food-facts-2018',
  mappings: [
    FOOD_CODES,
    {
      file: 'off_fr_2018_meta.csv',
      fields: {
        mappingType: { constant: 'family' },
        erpCode: 'main_category_fr',
        restoCode: 'main_category_fr',
        restoLabel: 'main_category_fr',
      },
    },
  ],
  items: [
    {
      file: 'off_fr_2018_meta.csv',
      fields: {
        sku: 'code',
        name: 'product_name',
        barcode: 'code',
        brand: 'brands',
        erpFamilyCode: 'main_category_fr',
        lastSyncedAt: { column: 'last_modified_t', as: 'unixTime' },
        erpUpdatedAt: { column: 'last_modified_t', as: 'unixTime' },
        attributes: { object: { nutriScore: 'nutrition_grade_fr', stores: 'stores', countries: 'countries_fr' } },
        ...food,
      },
    },
  ],
};

/** The Northwind sample: a food wholesaler with one warehouse that its tables do not name. */
const NORTHWIND: CatalogueMapping = {
  vendor: 'northwind',
  mappings: [
    FOOD_CODES,
    {
      file: 'northwind_products.csv',
      fields: { mappingType: { constant: 'family' }, erpCode: 'category', restoCode: 'category', restoLabel: 'category' },
    },
  ],
  warehouses: [{ rows: [{ erpWarehouseId: 'MAIN', code: 'MAIN', name: 'Northwind warehouse', isDefault: true, isMain: true }] }],
  items: [
    {
      file: 'northwind_products.csv',
      fields: {
        sku: 'product_id',
        name: 'name',
        erpId: 'product_id',
        description: 'quantity_per_unit',
        erpFamilyCode: 'category',
        unitPrice: 'unit_price',
        priceExclVat: 'unit_price',
        currency: { constant: 'USD' },
        isActive: { column: 'discontinued', lookup: { '0': true, '1': false } },
        attributes: { object: { supplier: 'supplier', quantityPerUnit: 'quantity_per_unit' } },
        ...food,
      },
    },
  ],
  stock: [
    {
      file: 'northwind_products.csv',
      fields: {
        sku: 'product_id',
        erpWarehouseId: { constant: 'MAIN' },
        realStock: 'units_in_stock',
        virtualStock: 'units_in_stock',
        reservedQuantity: { constant: '0' },
        orderedQuantity: 'units_on_order',
        reorderThreshold: 'reorder_level',
      },
    },
  ],
};

/** Oracle's order-entry sample: hardware and software in nine warehouses around the world. */
const ORDER_ENTRY: CatalogueMapping = {
  vendor: 'oe',
  mappings: [
    { rows: [UNIT, USUAL_VAT] },
    {
      file: 'oe_products.csv',
      fields: {
        mappingType: { constant: 'family' },
        erpCode: 'category_id',
        restoCode: { column: 'category_id', prefix: 'OE-' },
        restoLabel: { column: 'category_id', prefix: 'Category ' },
      },
    },
  ],
  warehouses: [
    {
      file: 'oe_warehouses.csv',
      fields: {
        erpWarehouseId: 'warehouse_id',
        code: { column: 'warehouse_id', prefix: 'WH-' },
        name: 'name',
        country: {
          column: 'location_id',
          lookup: {
            '1400': 'US',
            '1500': 'US',
            '1600': 'US',
            '1700': 'US',
            '1800': 'CA',
            '2000': 'CN',
            '2100': 'IN',
            '2200': 'AU',
            '3200': 'MX',
          },
        },
      },
    },
  ],
  items: [
    {
      file: 'oe_products.csv',
      fields: {
        sku: 'product_id',
        name: 'name_fr',
        erpId: 'product_id',
        erpUnitCode: { constant: UNIT.erpCode },
        erpVatCode: { constant: USUAL_VAT.erpCode },
        erpFamilyCode: 'category_id',
        unitPrice: 'list_price',
        priceExclVat: 'list_price',
        catalogPrice: 'list_price',
        currency: { constant: 'USD' },
        isActive: { column: 'status', lookup: { orderable: true }, default: false },
        attributes: {
          object: { nameEn: 'name_en', status: 'status', weightClass: 'weight_class', supplierId: 'supplier_id', minPrice: 'min_price' },
        },
      },
    },
  ],
  stock: [
    {
      file: 'oe_inventories.csv',
      fields: {
        sku: 'product_id',
        erpWarehouseId: 'warehouse_id',
        realStock: 'quantity_on_hand',
        virtualStock: 'quantity_on_hand',
        reservedQuantity: { constant: '0' },
      },
    },
  ],
};

/** Public data sets that are recognised by the names and headers of their files, without a mapping file. */
export const KNOWN_DATA_SETS: readonly CatalogueMapping[] = [OPEN_FOOD_FACTS, OPEN_FOOD_FACTS_2018, NORTHWIND, ORDER_ENTRY];
