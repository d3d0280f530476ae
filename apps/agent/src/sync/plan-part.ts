import { contentHashOf } from '@repo/contracts/content-hash';
import { keyOf } from '@repo/contracts/rows/entities';
import type { Entity } from '@repo/contracts/primitives';
import type { SourceRecord, SourceRow } from '../connectors/connector';
import type { KnownRow } from '../state/source-rows';

/** A row whose content is not what the hub has. */
export interface ChangedRow {
  key: string;
  hash: string;
  row: SourceRow;
}

/** A place in the source that is no row, or a row without a key. */
export interface BadRecord {
  where: string;
  /** Of which row it is, where that can be told. */
  key?: string | undefined;
  problem: string;
}

/** What is to be done about a part of the source. */
export interface PartPlan {
  /** To be sent. */
  changed: ChangedRow[];
  /** Rows that are not as they were last read. */
  fresh: ChangedRow[];
  /** Rows that the hub has as they are, and that are not sent. */
  unchanged: number;
  /** Rows that a later one of the same key replaced. */
  replaced: number;
  bad: BadRecord[];
}

/** The rows of a part by their keys, the last one of each, and what is no row. */
export function rowsOf(entity: Entity, records: readonly SourceRecord[]): Pick<PartPlan, 'changed' | 'replaced' | 'bad'> {
  const byKey = new Map<string, ChangedRow>();
  const bad: BadRecord[] = [];
  let rows = 0;
  for (const record of records) {
    if (record.kind === 'bad') {
      bad.push({ where: record.where, key: record.key, problem: record.problem });
      continue;
    }
    const key = keyOf(entity, record.row);
    if (key === null) {
      bad.push({ where: JSON.stringify(record.row).slice(0, 200), problem: 'the row has no key' });
      continue;
    }
    rows++;
    // Deleted first: the place of the last one counts.
    byKey.delete(key);
    byKey.set(key, { key, hash: contentHashOf(record.row), row: record.row });
  }
  return { changed: [...byKey.values()], replaced: rows - byKey.size, bad };
}

/** Leaves out what the hub has judged as it is, unless everything is to be sent. */
export function planPart(
  entity: Entity,
  records: readonly SourceRecord[],
  knownOf: (keys: readonly string[]) => Map<string, KnownRow>,
  everything = false,
): PartPlan {
  const { changed: rows, replaced, bad } = rowsOf(entity, records);
  const known = knownOf(rows.map(({ key }) => key));
  const fresh = rows.filter(({ key, hash }) => known.get(key)?.hash !== hash);
  const changed = everything ? rows : rows.filter(({ key, hash }) => known.get(key)?.hash !== hash || known.get(key)?.judged === false);
  return { changed, fresh, unchanged: rows.length - changed.length, replaced, bad };
}
