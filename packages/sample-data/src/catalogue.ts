import type { ItemRow, MappingEntry, StockRow, WarehouseRow } from './rows';

/** Rows that come one by one, from memory or from a file. */
export type Rows<T> = Iterable<T> | AsyncIterable<T>;

/**
 * Everything one vendor has to send. Each call starts a fresh pass, so that the same rows can be sent twice,
 * and no pass keeps more than one row in memory.
 */
export interface Catalogue {
  vendor: string;
  mappings(): Rows<MappingEntry>;
  warehouses(): Rows<WarehouseRow>;
  items(): Rows<ItemRow>;
  stock(): Rows<StockRow>;
}
