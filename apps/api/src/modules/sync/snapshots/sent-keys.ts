import type { Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';

/**
 * The keys of a batch with the last hash that each was sent with, whatever the rows are worth: a row that is refused is in the
 * ERP all the same. One that has no text for a hash counts with an empty one.
 */
export function sentKeys(entity: Entity, rows: readonly unknown[]): Map<string, string> {
  const sent = new Map<string, string>();
  for (const row of rows) {
    const key = keyOf(entity, row);
    if (key === null) continue;
    const { contentHash } = row as { contentHash?: unknown };
    sent.set(key, typeof contentHash === 'string' ? contentHash : '');
  }
  return sent;
}
