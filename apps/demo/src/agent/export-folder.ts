import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateCatalogue } from '@repo/sample-data/generate-catalogue';
import type { MappingEntry } from '@repo/sample-data/rows';

/** At most three rows of stock each: all fit into one page of the hub's. */
const ITEMS = 300;
const SEED = 7;

/** The files of an ERP as it exports them, and what the hub has to know of its codes. */
export interface ExportFolder {
  items: number;
  stock: number;
  mappings: MappingEntry[];
  articlesFile: string;
  /** One that is in the files. */
  sku: string;
}

/** Writes articles, stock and warehouses of an invented vendor, with columns that `erp-agent init` knows. */
export function writeExport(folder: string): ExportFolder {
  mkdirSync(folder, { recursive: true });
  const catalogue = generateCatalogue({ seed: SEED, items: ITEMS, at: new Date(), vendor: 'grossiste-fichiers' });
  const items = [...catalogue.items()];
  const stock = [...catalogue.stock()];
  const articlesFile = path.join(folder, 'ARTICLES.csv');
  writeWhole(articlesFile, ['sku;name;unit;vat', ...items.map((row) => line(row.sku, row.name, row.erpUnitCode, row.erpVatCode))]);
  writeWhole(path.join(folder, 'STOCKS.csv'), [
    'sku;warehouse;stock;available;reserved',
    ...stock.map((row) => line(row.sku, row.erpWarehouseId, row.realStock, row.virtualStock, row.reservedQuantity)),
  ]);
  const warehouses = [...catalogue.warehouses()].map((row) => line(row.erpWarehouseId, row.code, row.name));
  writeWhole(path.join(folder, 'DEPOTS.csv'), ['id;code;name', ...warehouses]);
  return { items: items.length, stock: stock.length, mappings: [...catalogue.mappings()], articlesFile, sku: items[0]?.sku ?? '' };
}

/** Gives the article another name in the file, as somebody would with an editor. */
export function renameArticle({ articlesFile, sku }: ExportFolder, name: string): void {
  const lines = readFileSync(articlesFile, 'utf8').trimEnd().split('\n');
  writeWhole(
    articlesFile,
    lines.map((text) =>
      text.startsWith(`${line(sku)};`) ? text.replace(/^("?[^;]*"?);(?:"(?:[^"]|"")*"|[^;]*)/, `$1;${line(name)}`) : text,
    ),
  );
}

const line = (...cells: readonly string[]) =>
  cells.map((cell) => (/[;"\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(';');

/** Appears at once and whole. */
function writeWhole(file: string, lines: readonly string[]): void {
  writeFileSync(`${file}.new`, `${lines.join('\n')}\n`);
  renameSync(`${file}.new`, file);
}
