import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ROW_SCHEMAS } from '@repo/contracts/rows/entities';
import type { Entity } from '@repo/contracts/primitives';
import { openConnector } from '../../src/connectors/open-connector';
import { NEVER, readKeys } from './support/csv-folder';

// The data is third-party and not part of the project: with it this reads every row, without it there is nothing to read.
const folder = process.env['REAL_DATA_DIR'] ?? resolve(__dirname, '../../../../../shared/data');

const food = { erpUnitCode: { constant: 'PCE' }, erpVatCode: { constant: 'FR-5.5' } };
const CATALOGUES: Record<string, Record<string, unknown>> = {
  'open food facts': {
    items: { files: 'off_fr_items.csv', fields: { sku: 'barcode', name: 'product_name', barcode: 'barcode', ...food } },
  },
  'open food facts 2018': {
    items: {
      files: 'off_fr_2018_meta.csv',
      fields: {
        sku: 'code',
        name: 'product_name',
        brand: 'brands',
        erpFamilyCode: 'main_category_fr',
        erpUpdatedAt: { column: 'last_modified_t', time: { format: 'unix' } },
        attributes: { object: { nutriScore: 'nutrition_grade_fr', stores: 'stores' } },
        ...food,
      },
    },
  },
  northwind: {
    items: {
      files: 'northwind_products.csv',
      fields: {
        sku: 'product_id',
        name: 'name',
        unitPrice: 'unit_price',
        isActive: { column: 'discontinued', boolean: { true: ['0'], false: ['1'] } },
        ...food,
      },
    },
    stock: {
      files: 'northwind_products.csv',
      fields: {
        sku: 'product_id',
        erpWarehouseId: { constant: 'MAIN' },
        realStock: 'units_in_stock',
        virtualStock: 'units_in_stock',
        reservedQuantity: { constant: 0 },
        orderedQuantity: 'units_on_order',
      },
    },
    warehouses: { rows: [{ erpWarehouseId: 'MAIN', code: 'MAIN', name: 'Northwind warehouse', isMain: true }] },
  },
  'order entry': {
    items: {
      files: 'oe_products.csv',
      fields: {
        sku: 'product_id',
        name: 'name_fr',
        unitPrice: 'list_price',
        isActive: { column: 'status', lookup: { orderable: true }, default: false },
        ...food,
      },
    },
    stock: {
      files: 'oe_inventories.csv',
      fields: {
        sku: 'product_id',
        erpWarehouseId: 'warehouse_id',
        realStock: 'quantity_on_hand',
        virtualStock: 'quantity_on_hand',
        reservedQuantity: { constant: 0 },
      },
    },
    warehouses: {
      files: 'oe_warehouses.csv',
      fields: { erpWarehouseId: 'warehouse_id', code: { template: 'WH-{warehouse_id}' }, name: 'name' },
    },
  },
};

/** Names of articles in 29 languages, a line for each: a catalogue in as many scripts. */
const NAMES = 'oe_product_names_i18n.csv';
CATALOGUES['order entry, in every language'] = {
  items: { files: NAMES, fields: { sku: { template: '{product_id}-{language}' }, name: 'name', ...food } },
};
/** People and orders: the hub takes those from no catalogue. Northwind’s orders are read in `packages/sample-data`. */
const NO_CATALOGUES = [
  'northwind_customers.csv',
  'northwind_order_lines.csv',
  'northwind_orders.csv',
  'oe_order_items.csv',
  'oe_orders.csv',
];

function isHere(): boolean {
  const here = existsSync(folder);
  if (!here) console.log(`NOT TESTED: the real catalogues are not here (${folder}); REAL_DATA_DIR says where they are`);
  return here;
}

async function count(catalogue: Record<string, unknown>): Promise<Partial<Record<Entity, number>>> {
  const connector = openConnector({ kind: 'csv', folder, settleSeconds: 0, entities: catalogue }, folder);
  const counts: Partial<Record<Entity, number>> = {};
  expect(await connector.check(NEVER)).toEqual([]);
  for (const entity of connector.entities) {
    let rows = 0;
    for await (const { records } of connector.readChanged(entity, null, NEVER)) {
      const bad = records.filter((record) => record.kind === 'bad');
      expect(bad).toEqual([]);
      const sealed = records.map(
        (record) => record.kind === 'row' && { ...record.row, contentHash: 'x', lastSyncedAt: '2026-01-31T08:30:00Z' },
      );
      expect(sealed.filter((row) => !ROW_SCHEMAS[entity].safeParse(row).success)).toEqual([]);
      rows += records.length;
    }
    expect(await readKeys(connector, entity)).toMatchObject({ unreadable: 0 });
    counts[entity] = rows;
  }
  await connector.close();
  return counts;
}

it('reads the real catalogues to the last row, all of which the contract takes', async () => {
  if (!isHere()) return;
  const counts: Record<string, unknown> = {};
  for (const [name, catalogue] of Object.entries(CATALOGUES)) counts[name] = await count(catalogue);
  expect(counts).toEqual({
    'open food facts': { items: 30_000 },
    'open food facts 2018': { items: 6_774 },
    northwind: { items: 77, stock: 77, warehouses: 1 },
    'order entry': { items: 288, stock: 1_112, warehouses: 9 },
    'order entry, in every language': { items: 8_352 },
  });
});

it('leaves out no file but those of people and orders', () => {
  if (!isHere()) return;
  const entities = Object.values(CATALOGUES).flatMap((catalogue) => Object.values(catalogue) as { files?: string }[]);
  const read = new Set(entities.map(({ files }) => files));
  const csv = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  expect(csv.filter((name) => !read.has(name)).sort()).toEqual(NO_CATALOGUES);
});

it('keeps names of every script as they are in the file', async () => {
  if (!isHere()) return;
  const entities = CATALOGUES['order entry, in every language'];
  const connector = openConnector({ kind: 'csv', folder, settleSeconds: 0, entities }, folder);
  const names: unknown[] = [];
  for await (const { records } of connector.readChanged('items', null, NEVER)) {
    for (const record of records) names.push(record.kind === 'row' ? record.row['name'] : record);
  }
  await connector.close();
  const written = parse<{ name: string }>(readFileSync(join(folder, NAMES)), { columns: true });
  expect(names).toEqual(written.map(({ name }) => name));
});
