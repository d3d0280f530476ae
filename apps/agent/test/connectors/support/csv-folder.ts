import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Entity } from '@repo/contracts/primitives';
import type { Connector, Cursor, SourceRecord } from '../../../src/connectors/connector';
import { openConnector } from '../../../src/connectors/open-connector';

export const NEVER: AbortSignal = new AbortController().signal;

/** The fields of items with the columns `sku` and `name`. */
export const ITEM_FIELDS = { sku: 'sku', name: 'name', erpUnitCode: { constant: 'PCE' }, erpVatCode: { constant: '1' } };

/** A folder of its own for one test, and connectors that read it. */
export class CsvFolder {
  private readonly connectors: Connector[] = [];
  private constructor(readonly path: string) {}

  static async create(): Promise<CsvFolder> {
    return new CsvFolder(await mkdtemp(path.join(tmpdir(), 'csv-connector-')));
  }

  at(...names: string[]): string {
    return path.join(this.path, ...names);
  }

  write(name: string, content: string | Buffer): Promise<void> {
    return writeFile(this.at(name), content);
  }

  /** Sets the time of a file back, so that it looks as if it had been left alone for long. */
  async age(name: string, seconds = 3600): Promise<void> {
    const then = new Date(Date.now() - seconds * 1000);
    await utimes(this.at(name), then, then);
  }

  /** A connector that takes every file as soon as it sees it, unless told otherwise. */
  connect(entities: Record<string, unknown>, more: Record<string, unknown> = {}): Connector {
    const connector = openConnector({ kind: 'csv', folder: '.', settleSeconds: 0, entities, ...more }, this.path);
    this.connectors.push(connector);
    return connector;
  }

  /** A connector for `articles*.csv`. */
  items(source: Record<string, unknown> = {}, more: Record<string, unknown> = {}): Connector {
    return this.connect({ items: { files: 'articles*.csv', fields: ITEM_FIELDS, ...source } }, more);
  }

  async remove(): Promise<void> {
    for (const connector of this.connectors) await connector.close();
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Everything that has changed, and the last cursor. */
export async function readAll(connector: Connector, entity: Entity = 'items', cursor: Cursor = null) {
  const records: SourceRecord[] = [];
  let last = cursor;
  for await (const part of connector.readChanged(entity, cursor, NEVER)) {
    records.push(...part.records);
    last = part.cursor;
  }
  return { records, cursor: last };
}

/** Rows as `sku=name`, bad lines as `! where: problem`. */
export const inShort = (records: readonly SourceRecord[]): string[] =>
  records.map((record) =>
    record.kind === 'bad' ? `! ${record.where}: ${record.problem}` : `${String(record.row['sku'])}=${String(record.row['name'])}`,
  );

/** All keys, and how many places could not be read. */
export async function readKeys(connector: Connector, entity: Entity = 'items') {
  const all = { keys: [] as string[], unreadable: 0 };
  for await (const part of connector.readKeys(entity, NEVER)) {
    all.keys.push(...part.keys);
    all.unreadable += part.unreadable;
  }
  return all;
}
