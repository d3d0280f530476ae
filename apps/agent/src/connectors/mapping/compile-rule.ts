import { compileValue, type ValueReader } from './compile-value';
import type { FieldKind } from './entity-fields';
import type { CellOptions, ColumnName, ColumnRule, FieldRule, Scalar } from './field-rule';
import { findColumn, missingColumn, templateColumns } from './find-column';
import { Unreadable } from './reading';

/** Makes the value of a field from the cells of a record: undefined where there is nothing, {@link Unreadable} where it cannot be read. */
export type RuleReader = (cells: readonly unknown[]) => unknown;

/** What the compilation of rules needs to know, and where it notes the columns that are not there. */
export interface RuleContext {
  columns: readonly string[];
  cells: CellOptions;
  problems: string[];
}

/** A rule with its columns found. */
export function compileRule(rule: FieldRule, kind: FieldKind | 'any', context: RuleContext): RuleReader {
  if (typeof rule !== 'object' || Array.isArray(rule)) return compileColumn({ column: rule }, kind, context);
  if ('constant' in rule) return compileConstant(rule.constant, kind);
  if ('template' in rule) return compileTemplate(rule.template, rule.trim ?? context.cells.trim, kind, context);
  if ('object' in rule) return compileObject(rule.object, context);
  return compileColumn(rule, kind, context);
}

function place(names: readonly ColumnName[], { columns, problems }: RuleContext): number {
  const found = findColumn(columns, names);
  if (typeof found === 'number') return found;
  problems.push(found?.problem ?? missingColumn(names, columns));
  return -1;
}

/** What the configuration itself says is written the usual way, whatever the source does. */
function compileConstant(constant: Scalar, kind: FieldKind | 'any'): RuleReader {
  const value = constant === null ? undefined : compileValue(kind, {})(constant);
  return () => value;
}

function compileColumn(rule: ColumnRule, kind: FieldKind | 'any', context: RuleContext): RuleReader {
  const at = place(Array.isArray(rule.column) ? rule.column : [rule.column], context);
  const options = { ...context.cells, ...withoutUndefined(rule) };
  const read = compileValue(kind === 'any' ? kindSaid(rule) : kind, options);
  const nothing = options.empty === undefined ? undefined : new Set(options.empty);
  const fallback = rule.default === undefined ? undefined : compileConstant(rule.default, kind);
  const lookup = rule.lookup && compileLookup(rule.lookup, kind);
  return (cells) => {
    const cell = cells[at];
    if (isNothing(cell) || (typeof cell === 'string' && nothing?.has(cell.trim()) === true)) return fallback?.(cells);
    if (lookup === undefined) return read(cell);
    const meant = lookup(cell);
    if (meant !== undefined) return meant.value;
    return fallback === undefined ? read(cell) : fallback(cells);
  };
}

const isNothing = (cell: unknown) =>
  cell === null || cell === undefined || (typeof cell === 'string' && (cell === '' || cell.trim() === ''));

const withoutUndefined = (rule: ColumnRule): Partial<ColumnRule> =>
  Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));

/** Within a free-form object, the option that is given says what the column holds. */
function kindSaid({ number, time, boolean }: ColumnRule): FieldKind | 'any' {
  if (number !== undefined) return 'decimal';
  if (time !== undefined) return 'time';
  return boolean === undefined ? 'any' : 'boolean';
}

function compileLookup(table: Readonly<Record<string, Scalar>>, kind: FieldKind | 'any') {
  const meanings = new Map(Object.entries(table).map(([code, meaning]) => [code, { value: compileConstant(meaning, kind)([]) }]));
  return (cell: unknown) => meanings.get(String(cell)) ?? meanings.get(String(cell).trim());
}

function compileTemplate(template: string, trim: boolean | undefined, kind: FieldKind | 'any', context: RuleContext): RuleReader {
  const places = templateColumns(template).map((name) => place([name], context));
  const texts = template.split(/\{[^{}]+\}/);
  const read: ValueReader = compileValue(kind, { ...context.cells, trim });
  return (cells) => {
    if (places.every((at) => isNothing(cells[at]))) return undefined;
    const filled = texts.map((text, index) => {
      const at = places[index];
      return at === undefined || isNothing(cells[at]) ? text : text + String(cells[at]);
    });
    return read(filled.join(''));
  };
}

function compileObject(rules: Readonly<Record<string, FieldRule>>, context: RuleContext): RuleReader {
  const readers = Object.entries(rules).map(([name, rule]) => [name, compileRule(rule, 'any', context)] as const);
  return (cells) => {
    const entries: [string, unknown][] = [];
    for (const [name, read] of readers) {
      const value = read(cells);
      if (value instanceof Unreadable) return new Unreadable(`${name}: ${value.problem}`);
      if (value !== undefined) entries.push([name, value]);
    }
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };
}
