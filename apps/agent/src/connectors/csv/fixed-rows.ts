import type { Entity } from '@repo/contracts/primitives';
import type { ChangedRows, Cursor, SourceKeys, SourceRecord } from '../connector';
import { compileRow, toSourceRecord, type MappedRecord } from '../mapping/compile-row';
import { constants, type FixedRowsConfig } from './csv-config';
import { fingerprint } from './csv-cursor';
import type { EntitySource } from './entity-source';

/** Rows that are written out in the configuration: they change with it. */
export class FixedRows implements EntitySource {
  private readonly rows: readonly MappedRecord[];
  private readonly cursor: string;

  constructor(entity: Entity, { rows }: FixedRowsConfig) {
    this.cursor = fingerprint(rows);
    this.rows = rows.map((values) => {
      const compiled = compileRow(entity, { fields: constants(values), cells: {} }, []);
      return 'read' in compiled ? compiled.read([]) : { row: {}, key: null, problem: compiled.problems.join('; ') };
    });
  }

  async *readChanged(cursor: Cursor): AsyncGenerator<ChangedRows> {
    if (cursor !== this.cursor) yield { records: this.records(this.rows), cursor: this.cursor };
  }

  async *readKeys(): AsyncGenerator<SourceKeys> {
    const keys = this.rows.flatMap(({ key }) => (key === null ? [] : [key]));
    yield { keys, unreadable: this.rows.length - keys.length };
  }

  readRows(keys: readonly string[]): Promise<SourceRecord[]> {
    return Promise.resolve(this.records(this.rows.filter(({ key }) => key === null || keys.includes(key))));
  }

  check(): Promise<string[]> {
    return Promise.resolve(this.rows.flatMap(({ problem }, place) => (problem === undefined ? [] : [`${where(place)}: ${problem}`])));
  }

  hasChanged(): Promise<boolean> {
    return Promise.resolve(false);
  }

  private records(rows: readonly MappedRecord[]): SourceRecord[] {
    return rows.map((row) => toSourceRecord(row, where(this.rows.indexOf(row))));
  }
}

const where = (place: number) => `row ${place + 1} of the configuration`;
