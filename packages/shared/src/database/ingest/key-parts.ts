import { KEY_SEPARATOR, type Entity } from '@repo/contracts/primitives';

/** Keys as the columns of their table hold them, in the order of `KEY_COLUMNS`: both halves of a stock key, else the key itself. */
export function keyParts(entity: Entity, keys: readonly string[]): string[][] {
  if (entity !== 'stock') return [[...keys]];
  const at = keys.map((key) => key.indexOf(KEY_SEPARATOR));
  return [keys.map((key, i) => key.slice(0, at[i])), keys.map((key, i) => key.slice((at[i] ?? 0) + 1))];
}
