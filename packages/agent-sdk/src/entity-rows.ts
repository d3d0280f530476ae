import type { Entity } from '@repo/contracts/primitives';

/** A row as it is sent: the fields of the contract; the hub judges each alone. */
export type Row = Readonly<Record<string, unknown>>;

/** The most rows and bytes of JSON that one request takes. */
export const BATCH_LIMITS = {
  incremental: { rows: 500, bytes: 5 * 1024 * 1024 },
  full: { rows: 5_000, bytes: 10 * 1024 * 1024 },
} as const;

/** Where rows of an entity are pushed. */
export function pushPath(entity: Entity, size: keyof typeof BATCH_LIMITS): string {
  return size === 'full' ? `/api/sync/${entity}/batch` : `/api/sync/${entity}`;
}
