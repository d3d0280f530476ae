import { getTableColumns, type InferSelectModel, type Table } from 'drizzle-orm';
import { trimDecimal } from '@repo/contracts/decimal';
import { items } from '../schema/items';
import { stock } from '../schema/stock';
import { warehouses } from '../schema/warehouses';

/** What only the hub itself needs of a row. */
const INTERNAL = ['keyHash', 'rowDigest', 'changeSeq', 'touchedAt'] as const;
type Internal = (typeof INTERNAL)[number];

/** Times are ISO 8601 text: a `Date` would lose the microseconds. */
type Wire<V> = V extends Date ? string : V;
type Shown<T extends Table> = { [P in Exclude<keyof InferSelectModel<T>, Internal>]: Wire<InferSelectModel<T>[P]> };

/** A stored row as the API shows it: decimals and times are text, what is absent is null. */
export interface ShownRow {
  items: Shown<typeof items>;
  stock: Shown<typeof stock>;
  warehouses: Shown<typeof warehouses>;
}

/** One property of a shown row: how it is selected, and how the selected value reads. */
export interface ShownColumn {
  readonly property: string;
  readonly expression: string;
  read(this: void, value: unknown): unknown;
}

/** The properties of each entity, taken from the tables themselves. */
export const SHOWN_COLUMNS = { items: shownColumns(items), stock: shownColumns(stock), warehouses: shownColumns(warehouses) };

/** Puts the values that were selected in the order of `columns` together to a row. */
export function readRow(columns: readonly ShownColumn[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  columns.forEach(({ property, read }, index) => {
    const value = values[index] ?? null;
    row[property] = value === null ? null : read(value);
  });
  return row;
}

/** A time of six digits as replies show it: milliseconds, unless there is more. */
export function shownTime(time: string): string {
  return time.endsWith('000Z') ? `${time.slice(0, -4)}Z` : time;
}

function shownColumns(table: Table): readonly ShownColumn[] {
  return Object.entries(getTableColumns(table))
    .filter(([property]) => !(INTERNAL as readonly string[]).includes(property))
    .map(([property, column]) => ({ property, ...travel(column.name, column.getSQLType()) }));
}

/** How a value of a type gets from the database into a reply. */
function travel(column: string, type: string): Omit<ShownColumn, 'property'> {
  const name = `"${column}"`;
  if (type.startsWith('numeric')) return { expression: name, read: (value) => trimDecimal(String(value)) };
  if (type === 'timestamp with time zone') {
    // The same text under every TimeZone and DateStyle of the server.
    const expression = `to_char(${name} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
    return { expression, read: (value) => shownTime(String(value)) };
  }
  return { expression: name, read: (value) => value };
}
