import type { z } from 'zod';
import { fieldProblems } from '@repo/contracts/problem';

/** What was read, or what is wrong with it. */
export type Reading<T> = { value: T } | { problem: string };

/** A newer hub may say more than this version knows: that is left out, wherever it stands. All else must be as the contract says. */
export function readTolerantly<T extends z.ZodType>(schema: T, json: unknown): Reading<z.output<T>> {
  const first = schema.safeParse(json);
  if (first.success) return { value: first.data };
  let dropped = false;
  for (const issue of first.error.issues) {
    if (issue.code === 'unrecognized_keys') dropped = drop(json, issue.path, issue.keys) || dropped;
  }
  const second = dropped ? schema.safeParse(json) : first;
  if (second.success) return { value: second.data };
  const [fault] = fieldProblems(second.error, 1);
  return { problem: fault === undefined ? 'another shape' : `${fault.path === '' ? 'reply' : fault.path}: ${fault.message}` };
}

function drop(json: unknown, path: readonly PropertyKey[], keys: readonly string[]): boolean {
  let place = json;
  for (const part of path) place = (place as Record<PropertyKey, unknown> | undefined)?.[part];
  if (typeof place !== 'object' || place === null) return false;
  for (const key of keys) Reflect.deleteProperty(place, key);
  return true;
}
