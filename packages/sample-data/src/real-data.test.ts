import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ItemRow as ItemSchema } from '@repo/contracts/rows/item-row';
import { StockRow as StockSchema } from '@repo/contracts/rows/stock-row';
import { WarehouseRow as WarehouseSchema } from '@repo/contracts/rows/warehouse-row';
import { MappingEntry as MappingSchema } from '@repo/contracts/operations/mapping-operations';
import type { Catalogue, Rows } from './catalogue';
import { readCatalogue } from './read-catalogue';

// The data is third-party and not part of the project: with it this reads every row, without it there is nothing to read.
const folder = process.env['REAL_DATA_DIR'] ?? resolve(__dirname, '../../../../shared/data');

interface Counts {
  rows: number;
  invalid: number;
}

async function count(rows: Rows<unknown>, schema: { safeParse(row: unknown): { success: boolean } }): Promise<Counts> {
  const counts = { rows: 0, invalid: 0 };
  for await (const row of rows) {
    counts.rows += 1;
    if (!schema.safeParse(row).success) counts.invalid += 1;
  }
  return counts;
}

const countAll = async (catalogue: Catalogue) => ({
  mappings: await count(catalogue.mappings(), MappingSchema),
  warehouses: await count(catalogue.warehouses(), WarehouseSchema),
  items: await count(catalogue.items(), ItemSchema),
  stock: await count(catalogue.stock(), StockSchema),
});

describe('the real catalogues', () => {
  it('are read to the last row, all of which the contract takes', async () => {
    if (!existsSync(folder)) {
      console.log(`NOT TESTED: the real catalogues are not here (${folder}); REAL_DATA_DIR says where they are`);
      return;
    }
    const counts: Record<string, Awaited<ReturnType<typeof countAll>>> = {};
    for (const catalogue of await readCatalogue(folder)) counts[catalogue.vendor] = await countAll(catalogue);
    const valid = (rows: number): Counts => ({ rows, invalid: 0 });
    expect(counts).toEqual({
      'open-food-facts': { mappings: valid(2), warehouses: valid(0), items: valid(30_000), stock: valid(0) },
      'open-food-facts-2018': { mappings: valid(14), warehouses: valid(0), items: valid(6_774), stock: valid(0) },
      northwind: { mappings: valid(10), warehouses: valid(1), items: valid(77), stock: valid(77) },
      oe: { mappings: valid(19), warehouses: valid(9), items: valid(288), stock: valid(1_112) },
    });
  });
});
