import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalogue } from './catalogue';
import { KNOWN_DATA_SETS } from './csv/known-data-sets';
import { MAPPING_FILE, type CatalogueMapping, type Entity, type Source } from './csv/mapping-file';
import { messageOf } from './csv/message-of';
import { parseMappings } from './csv/parse-mapping';
import { entityRows, problemWith, type Origin } from './csv/source-rows';
import type { ItemRow, MappingEntry, StockRow, WarehouseRow } from './rows';

export { MAPPING_FILE } from './csv/mapping-file';
export type { CatalogueMapping } from './csv/mapping-file';

/** `lastSyncedAt` of rows whose data has none, unless the caller says another: fixed, so that a second reading gives the same rows. */
export const DEFAULT_SYNCED_AT = new Date('2020-01-01T00:00:00.000Z');

export interface ReadOptions {
  /** In place of the folder's mapping file: one mapping or several. */
  mapping?: CatalogueMapping | CatalogueMapping[];
  /** `lastSyncedAt` of rows whose data has none. */
  at?: Date;
}

/** A catalogue whose rows are read from files while they are asked for. */
export interface FileCatalogue extends Catalogue {
  /** What the columns of its files mean. */
  mapping: CatalogueMapping;
  mappings(): AsyncIterable<MappingEntry>;
  warehouses(): AsyncIterable<WarehouseRow>;
  items(): AsyncIterable<ItemRow>;
  stock(): AsyncIterable<StockRow>;
}

/**
 * The catalogues of a folder of CSV files, one a vendor: by the mapping passed in, else by the folder's mapping file, else those of the known
 * data sets whose files are there. Values are kept as they are; rows that the hub will refuse and rows that come twice are in it.
 * Throws when a mapping names a file or a column that is not there, or when the folder holds nothing that is known.
 */
export async function readCatalogue(folder: string, options: ReadOptions = {}): Promise<FileCatalogue[]> {
  const at = options.at ?? DEFAULT_SYNCED_AT;
  const given = options.mapping ?? (await mappingFileOf(folder));
  if (given === undefined) return (await knownIn(folder, at)).map(catalogueOf);
  const origins = parseMappings(given).map((mapping): Origin => ({ folder, mapping, at }));
  for (const origin of origins) await checkSources(origin);
  return origins.map(catalogueOf);
}

async function mappingFileOf(folder: string): Promise<unknown> {
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  const file = join(folder, MAPPING_FILE);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`cannot read ${MAPPING_FILE}: ${messageOf(cause)}`, { cause });
  }
}

async function checkSources(origin: Origin): Promise<void> {
  for (const source of sourcesOf(origin.mapping)) {
    const problem = await problemWith(origin, source);
    if (problem !== undefined) throw new Error(`${origin.mapping.vendor}: ${problem}`);
  }
}

async function knownIn(folder: string, at: Date): Promise<Origin[]> {
  const recognised: Origin[] = [];
  for (const mapping of KNOWN_DATA_SETS) {
    const origin = { folder, mapping, at };
    const problems = await Promise.all(sourcesOf(mapping).map((source) => problemWith(origin, source)));
    if (problems.every((problem) => problem === undefined)) recognised.push(origin);
  }
  if (recognised.length > 0) return recognised;
  const files = KNOWN_DATA_SETS.flatMap(sourcesOf).flatMap((source) => ('file' in source ? [source.file] : []));
  throw new Error(`${folder} has no ${MAPPING_FILE}, and none of the data sets known without one (${[...new Set(files)].join(', ')})`);
}

const sourcesOf = ({ mappings = [], warehouses = [], items = [], stock = [] }: CatalogueMapping): Source[] => [
  ...mappings,
  ...warehouses,
  ...items,
  ...stock,
];

function catalogueOf(origin: Origin): FileCatalogue {
  // The fields are those of the entity; whether their values are right is for the hub to say.
  const rows = <T>(entity: Entity) => entityRows(origin, entity) as unknown as AsyncIterable<T>;
  return {
    vendor: origin.mapping.vendor,
    mapping: origin.mapping,
    mappings: () => distinctEntries(rows('mappings')),
    warehouses: () => rows('warehouses'),
    items: () => rows('items'),
    stock: () => rows('stock'),
  };
}

/** A file of items names the same family in many lines; a seed takes each code once, the first time it is seen. */
async function* distinctEntries(entries: AsyncIterable<MappingEntry>): AsyncGenerator<MappingEntry, void, undefined> {
  const seen = new Set<string>();
  for await (const entry of entries) {
    const key = JSON.stringify([entry.mappingType, entry.erpCode]);
    if (entry.erpCode === '' || seen.has(key)) continue;
    seen.add(key);
    yield entry;
  }
}
