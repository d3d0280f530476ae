import { createHash } from 'node:crypto';
import type { NewOrder } from '@repo/contracts/operations/order-operations';

/**
 * Lower-case hex SHA-256 of what is ordered. The same for every way to write it: the order of properties, `1.50` or `"1.5"`
 * (the contract has made one decimal of both), an optional property that is null or absent.
 */
export function orderHash(order: NewOrder): string {
  const stated = { ...withoutNulls(order), lines: order.lines.map(withoutNulls) };
  return createHash('sha256').update(canonicalJson(stated)).digest('hex');
}

/** Not within addresses: they are the client's own, and null may mean something there. */
function withoutNulls(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, property]) => property !== null && property !== undefined));
}

/** JSON with the properties of every object in the order of their names. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson((value as Record<string, unknown>)[name])}`).join(',')}}`;
}
