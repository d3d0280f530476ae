import type { Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';
import type { SourceRecord, SourceRow } from '../connector';
import { compileRule, type RuleContext } from './compile-rule';
import { ENTITY_FIELDS } from './entity-fields';
import { columnsOf } from './find-column';
import { Unreadable } from './reading';
import type { RowMapping } from './row-mapping';

/** What the cells of one record are: a row, or why not. `key` is there whenever it can be read, also of what is bad. */
export interface MappedRecord {
  row: SourceRow;
  problem: string | undefined;
  key: string | null;
}

/** Makes rows from the cells of records. */
export type RowReader = (cells: readonly unknown[]) => MappedRecord;

/** A reader of rows, or the columns that are not there. */
export function compileRow(entity: Entity, mapping: RowMapping, columns: readonly string[]): { read: RowReader } | { problems: string[] } {
  const context: RuleContext = { columns, cells: mapping.cells, problems: [] };
  const fields = Object.entries(mapping.fields).map(([name, rule]) => {
    const { kind, required } = ENTITY_FIELDS[entity].get(name) ?? { kind: 'text', required: false };
    return { name, required, read: compileRule(rule, kind, context), from: columnsOf(rule).flat().join(', ') };
  });
  if (context.problems.length > 0) return { problems: [...new Set(context.problems)] };

  const read: RowReader = (cells) => {
    const row: SourceRow = {};
    let problem: string | undefined;
    for (const field of fields) {
      const value = field.read(cells);
      if (value instanceof Unreadable) problem ??= `${field.name}: ${value.problem}`;
      else if (value !== undefined) row[field.name] = value;
      else if (field.required) problem ??= `${field.name}: nothing in column ${field.from}, and every row needs it`;
    }
    return { row, problem, key: keyOf(entity, row) };
  };
  return { read };
}

/** A mapped record as a connector gives it. */
export function toSourceRecord({ row, problem, key }: MappedRecord, where: string): SourceRecord {
  if (problem !== undefined) return { kind: 'bad', where, problem, ...(key === null ? {} : { key }) };
  const updated = row['erpUpdatedAt'];
  return { kind: 'row', row, changedAt: typeof updated === 'string' ? new Date(updated) : undefined };
}
