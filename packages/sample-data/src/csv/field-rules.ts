import type { ColumnRule, FieldRule } from './mapping-file';

/** Makes a field's value from the cells of a record; undefined where there is none. */
export type FieldReader = (cells: readonly string[]) => unknown;

/** A rule with its columns found in `header`. Throws when a column is not there. */
export function compileRule(rule: FieldRule, header: readonly string[]): FieldReader {
  if (typeof rule === 'string') return compileColumn({ column: rule }, header);
  if ('constant' in rule) return () => rule.constant;
  if ('concat' in rule) return compileConcat(rule.concat, header);
  if ('object' in rule) return compileObject(rule.object, header);
  return compileColumn(rule, header);
}

/** The columns that a rule reads. */
export function columnsOf(rule: FieldRule): string[] {
  if (typeof rule === 'string') return [rule];
  if ('constant' in rule) return [];
  if ('concat' in rule) return rule.concat.flatMap(columnsOf);
  if ('object' in rule) return Object.values(rule.object).flatMap(columnsOf);
  return [rule.column];
}

function compileColumn(rule: ColumnRule, header: readonly string[]): FieldReader {
  const place = header.indexOf(rule.column);
  if (place < 0) throw new Error(`no column "${rule.column}"`);
  const lookup = rule.lookup && new Map(Object.entries(rule.lookup));
  return (cells) => {
    const cell = cells[place];
    if (cell === undefined || cell === '') return rule.default;
    if (lookup) return lookup.has(cell) ? lookup.get(cell) : (rule.default ?? cell);
    return (rule.prefix ?? '') + convert(cell, rule.as);
  };
}

function convert(cell: string, as: ColumnRule['as']): string {
  switch (as) {
    case 'unixTime':
      // Twelve digits of seconds are more than a Date can hold; the hub shall see such a cell as it is.
      return /^\d{1,11}$/.test(cell) ? new Date(Number(cell) * 1000).toISOString() : cell;
    case 'decimalComma':
      return /^-?\d+,\d+$/.test(cell) ? cell.replace(',', '.') : cell;
    case undefined:
      return cell;
  }
}

function compileConcat(parts: readonly FieldRule[], header: readonly string[]): FieldReader {
  const readers = parts.map((part) => compileRule(part, header));
  return (cells) => readers.map((read) => textOf(read(cells))).join('');
}

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** A nested object of what is there. */
function compileObject(rules: Record<string, FieldRule>, header: readonly string[]): FieldReader {
  const readers = Object.entries(rules).map(([field, rule]) => [field, compileRule(rule, header)] as const);
  return (cells) => Object.fromEntries(readers.map(([field, read]) => [field, read(cells)]).filter(([, value]) => value !== undefined));
}
