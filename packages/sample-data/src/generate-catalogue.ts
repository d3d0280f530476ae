import type { Catalogue } from './catalogue';
import { itemRowAt } from './generate/item-row';
import { mappingEntries } from './generate/mapping-entries';
import { stockRowsAt, type Spread } from './generate/stock-row';
import { warehouseRowAt } from './generate/warehouse-row';
import type { ItemRow, MappingEntry, StockRow, WarehouseRow } from './rows';

export interface GenerateOptions {
  /** The same seed gives the same rows on every machine. */
  seed: number;
  /** `lastSyncedAt` of every row. */
  at: Date;
  vendor?: string;
  items?: number;
  warehouses?: number;
  /** Fewest and most warehouses that hold one item. */
  spread?: Spread;
}

/** A generated catalogue: its rows come from memory, so no pass needs `await`. */
export interface GeneratedCatalogue extends Catalogue {
  mappings(): Iterable<MappingEntry>;
  warehouses(): Iterable<WarehouseRow>;
  items(): Iterable<ItemRow>;
  stock(): Iterable<StockRow>;
}

/**
 * The catalogue of an invented French food wholesaler. Rows are made one by one while they are read: a million of them need no memory,
 * and a smaller catalogue of the same seed holds the same first items.
 */
export function generateCatalogue(options: GenerateOptions): GeneratedCatalogue {
  const { seed, at, vendor = 'grossiste-demo', items = 30_000, warehouses = 9, spread = [1, 3] } = options;
  checkSpread(spread, warehouses);
  return {
    vendor,
    mappings: () => mappingEntries(),
    *warehouses() {
      for (let index = 0; index < warehouses; index += 1) yield warehouseRowAt(index, at);
    },
    *items() {
      for (let index = 0; index < items; index += 1) yield itemRowAt(seed, index, at);
    },
    *stock() {
      for (let index = 0; index < items; index += 1) yield* stockRowsAt(seed, index, warehouses, spread, at);
    },
  };
}

function checkSpread([fewest, most]: Spread, warehouses: number): void {
  if (fewest < 0 || most < fewest || most > warehouses) {
    throw new RangeError(`cannot spread an item over ${fewest} to ${most} of ${warehouses} warehouses`);
  }
}
