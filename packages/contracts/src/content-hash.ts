import { hash } from 'node:crypto';

// What JSON escapes: quotes, backslashes, control characters, and (with the u flag only lone ones count) surrogates.
const NEEDS_CARE = /["\\\p{Cc}\p{Cs}]/u;

// Nearly all strings need no escapes; to test for that is several times cheaper than to call JSON.stringify for each.
const quoted = (text: string): string => (NEEDS_CARE.test(text) ? JSON.stringify(text) : `"${text}"`);

/** JSON with sorted keys and without blanks, so that equal rows have equal text whatever order their keys were written in. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  return canonicalObject(value as Record<string, unknown>, false);
}

// The hash itself cannot be part of it, and a row that is merely sent again later has not changed.
const isEnvelope = (key: string): boolean => key === 'contentHash' || key === 'lastSyncedAt';

function canonicalObject(record: Record<string, unknown>, withoutEnvelope: boolean): string {
  let text = '{';
  for (const key of Object.keys(record).sort()) {
    const value = record[key];
    if (value === undefined || (withoutEnvelope && isEnvelope(key))) continue;
    if (text.length > 1) text += ',';
    text += `${quoted(key)}:${typeof value === 'string' ? quoted(value) : canonicalJson(value)}`;
  }
  return `${text}}`;
}

/** The `contentHash` of a row: the first 32 hex digits of SHA-256 over its canonical JSON without `contentHash` and `lastSyncedAt`. */
export function contentHashOf(row: object): string {
  return hash('sha256', canonicalObject(row as Record<string, unknown>, true), 'hex').slice(0, 32);
}

/** Writes the row's own hash into it and returns the same row. */
export function sealRow<T extends { contentHash: string }>(row: T): T {
  row.contentHash = contentHashOf(row);
  return row;
}
