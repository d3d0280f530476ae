import { isoOfMicros, microsOf } from '@repo/contracts/timestamp';
import type { ColumnKind } from './entity-columns';

/** Text as an element of an array literal. */
function quoted(value: string): string {
  return value.includes('"') || value.includes('\\') ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
}

/** `2026-01-31T08:30:00.123456Z` */
const LONGEST_PLAIN = 27;

/** Any ISO time with offset in UTC: PostgreSQL takes fewer offsets than ISO 8601 allows, and rounds where the hub cuts. */
function utc(value: string): string {
  if (value.length <= LONGEST_PLAIN && value.endsWith('Z')) return value;
  return isoOfMicros(microsOf(value) ?? 0);
}

const ELEMENT: Readonly<Record<Exclude<ColumnKind, 'text' | 'jsonb'>, (value: unknown) => string>> = {
  numeric: (value) => value as string,
  boolean: (value) => (value === true ? 't' : 'f'),
  timestamptz: (value) => utc(value as string),
};

/** Escapes of JSON that an array literal does not know. (Also matches some that it does know: then the long way is taken.) */
const FOREIGN_ESCAPE = /\\[bfnrtu]/;

/**
 * One column of a batch as a PostgreSQL array literal: one parameter a column, built in one pass. A column without any
 * value is `{}`: `unnest` of several arrays fills the shorter ones up with nulls.
 */
export function columnLiteral<T>(rows: readonly T[], kind: ColumnKind, read: (row: T) => unknown): string {
  const values = rows.map(read);
  if (values.every((value) => value === null || value === undefined)) return '{}';
  if (kind === 'text') return quotedLiteral(values);
  if (kind === 'jsonb') return quotedLiteral(values.map((value) => (value === null || value === undefined ? null : JSON.stringify(value))));
  const element = ELEMENT[kind];
  return `{${values.map((value) => (value === null || value === undefined ? 'NULL' : element(value))).join(',')}}`;
}

/** JSON quotes and escapes texts as an array literal does, except for control characters; and does it at once. */
function quotedLiteral(texts: readonly unknown[]): string {
  const json = JSON.stringify(texts);
  if (!FOREIGN_ESCAPE.test(json)) return `{${json.slice(1, -1)}}`;
  return `{${texts.map((text) => (text === null || text === undefined ? 'NULL' : quoted(text as string))).join(',')}}`;
}

/** Plain numbers, and bigints, as an array literal. */
export function numberLiteral(values: readonly (number | bigint)[]): string {
  return `{${values.join(',')}}`;
}

/** Texts as an array literal. */
export function textLiteral(values: readonly string[]): string {
  return quotedLiteral(values);
}
