import { join } from 'node:path';
import { sealRow } from '@repo/contracts/content-hash';
import { csvHeader, csvRecords, type CsvFormat } from './csv-records';
import { ENTITY_FIELDS } from './entity-fields';
import { columnsOf, compileRule, type FieldReader } from './field-rules';
import { messageOf } from './message-of';
import type { CatalogueMapping, Entity, FileSource, Source } from './mapping-file';

type Row = Record<string, unknown>;

/** Where a mapping's files lie, and the `lastSyncedAt` of rows that have none of their own. */
export interface Origin {
  folder: string;
  mapping: CatalogueMapping;
  at: Date;
}

/** The rows of one entity, in the order of the mapping's sources and of their lines. */
export async function* entityRows(origin: Origin, entity: Entity): AsyncGenerator<Row, void, undefined> {
  for (const source of origin.mapping[entity] ?? []) {
    for await (const row of rawRows(origin, source, entity)) yield entity === 'mappings' ? row : completed(row, origin.at);
  }
}

async function* rawRows(origin: Origin, source: Source, entity: Entity): AsyncGenerator<Row, void, undefined> {
  if ('rows' in source) {
    for (const row of source.rows) yield { ...row };
    return;
  }
  let readers: [field: string, read: FieldReader, ifEmpty: unknown][] | undefined;
  for await (const cells of csvRecords(join(origin.folder, source.file), formatOf(origin.mapping, source))) {
    if (readers) yield rowOf(cells, readers);
    else readers = readersOf(source, entity, cells);
  }
}

function readersOf(source: FileSource, entity: Entity, header: string[]): [string, FieldReader, unknown][] {
  const fields = ENTITY_FIELDS[entity];
  // A required field that is empty is sent empty: it is for the hub to refuse the row and to say why.
  return Object.entries(source.fields).map(([field, rule]) => [
    field,
    compileRule(rule, header),
    fields[field] === 'required' ? '' : undefined,
  ]);
}

function rowOf(cells: string[], readers: [string, FieldReader, unknown][]): Row {
  const row: Row = {};
  for (const [field, read, ifEmpty] of readers) {
    const value = read(cells) ?? ifEmpty;
    if (value !== undefined) row[field] = value;
  }
  return row;
}

function completed(row: Row, at: Date): Row {
  row['lastSyncedAt'] ??= at.toISOString();
  return typeof row['contentHash'] === 'string' ? row : sealRow(row as Row & { contentHash: string });
}

/** What is missing for a source to be read: the file, or columns of it. Undefined when all is there. */
export async function problemWith(origin: Origin, source: Source): Promise<string | undefined> {
  if ('rows' in source) return undefined;
  let header: string[];
  try {
    header = await csvHeader(join(origin.folder, source.file), formatOf(origin.mapping, source));
  } catch (error) {
    return messageOf(error);
  }
  const missing = [...new Set(Object.values(source.fields).flatMap(columnsOf))].filter((column) => !header.includes(column));
  return missing.length === 0 ? undefined : `${source.file} lacks the column${missing.length > 1 ? 's' : ''} "${missing.join('", "')}"`;
}

const formatOf = (mapping: CatalogueMapping, source: FileSource): CsvFormat => ({
  delimiter: source.delimiter ?? mapping.delimiter ?? ',',
  encoding: source.encoding ?? mapping.encoding ?? 'utf-8',
});
