import { isoOfMicros, microsOf } from '@repo/contracts/timestamp';
import type { ColumnKind } from './entity-columns';

const NEEDS_ESCAPE = /["\\]/;

/** Text as an element of an array literal. */
function quoted(value: string): string {
  return NEEDS_ESCAPE.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
}

/** Any ISO time with offset in UTC: PostgreSQL takes fewer offsets than ISO 8601 allows. */
function utc(value: string): string {
  return isoOfMicros(microsOf(value) ?? 0);
}

const ELEMENT: Readonly<Record<ColumnKind, (value: unknown) => string>> = {
  text: (value) => quoted(value as string),
  numeric: (value) => value as string,
  boolean: (value) => (value === true ? 't' : 'f'),
  timestamptz: (value) => utc(value as string),
  jsonb: (value) => quoted(JSON.stringify(value)),
};

/**
 * One column of a batch as a PostgreSQL array literal: one parameter a column, built in one pass. A column without any
 * value is `{}`: `unnest` of several arrays fills the shorter ones up with nulls.
 */
export function columnLiteral<T>(rows: readonly T[], kind: ColumnKind, read: (row: T) => unknown): string {
  const element = ELEMENT[kind];
  const elements = Array.from<string>({ length: rows.length });
  let any = false;
  for (let i = 0; i < rows.length; i++) {
    const value = read(rows[i] as T);
    if (value === null || value === undefined) elements[i] = 'NULL';
    else {
      any = true;
      elements[i] = element(value);
    }
  }
  return any ? `{${elements.join(',')}}` : '{}';
}

/** Plain numbers, and bigints, as an array literal. */
export function numberLiteral(values: readonly (number | bigint)[]): string {
  return `{${values.join(',')}}`;
}

/** Texts as an array literal. */
export function textLiteral(values: readonly string[]): string {
  return `{${values.map(quoted).join(',')}}`;
}
