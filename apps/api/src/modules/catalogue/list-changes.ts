import type { listItems } from '@repo/contracts/operations/read-operations';
import type { Input } from '@repo/contracts/operations/operation';
import type { Entity } from '@repo/contracts/primitives';
import { isoOfMicros, microsOf } from '@repo/contracts/timestamp';
import { inIndexOrder } from '@repo/shared/database/catalogue/in-index-order';
import { beforeAllChanges, findSettledEnd, readChanges } from '@repo/shared/database/catalogue/read-changes';
import type { ShownRow } from '@repo/shared/database/catalogue/shown-columns';
import type { Pool } from 'pg';
import { ApiError, invalidField } from '../../platform/errors/api-error';
import { decodeCursor, encodeCursor, type ChangeCursor } from './change-cursor';
import { coveredAtFirst, isExpired } from './cursor-age';

/** What a client asks for; the three lists take the same. */
export type ChangesQuery = Input<typeof listItems>['query'];

/** A page of changes. The cursor is given on every page, so that the client can go on later. */
export interface ChangesPage<E extends Entity> {
  data: ShownRow[E][];
  meta: { limit: number; nextCursor: string; hasMore: boolean };
}

/** The present, and for how long deleted rows are kept. */
export interface Keeping {
  now: number;
  retentionDays: number;
}

/**
 * A vendor's changes behind the cursor, oldest first. Whoever goes on with `nextCursor` misses nothing: a page ends where
 * transactions are still open, and a row that changes again moves behind every cursor.
 * @throws ApiError `invalid_request` for a cursor that is none, `expired` for one older than deleted rows are kept
 */
export async function listChanges<E extends Entity>(
  pool: Pick<Pool, 'connect'>,
  entity: E,
  query: ChangesQuery,
  keeping: Keeping,
): Promise<ChangesPage<E>> {
  const { vendorId, deleted = false, limit } = query;
  const cursor = whereToBegin(entity, query, keeping);
  const { found, upTo } = await inIndexOrder(pool, async (client) => {
    const upTo = await findSettledEnd(client, entity, vendorId, cursor.position);
    if (upTo === null) return { found: [], upTo: cursor.position };
    const updatedSince = cursor.updatedSince === null ? null : isoOfMicros(cursor.updatedSince);
    const range = { vendorId, after: cursor.position, upTo, updatedSince, deleted, limit: limit + 1 };
    return { found: await readChanges(client, entity, range), upTo };
  });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const more = found.length > limit && last !== undefined;
  const next: ChangeCursor = more
    ? { ...cursor, position: last.position }
    : // Also past what the filters left out, or every poll would walk over it again.
      { ...cursor, position: upTo, coveredUntil: keeping.now };
  return { data: page.map(({ row }) => row), meta: { limit, nextCursor: encodeCursor(next), hasMore: more } };
}

function whereToBegin(entity: Entity, { vendorId, cursor: given, updatedSince }: ChangesQuery, keeping: Keeping): ChangeCursor {
  const since = updatedSince === undefined ? null : boundedMicros(updatedSince);
  if (given === undefined) {
    const coveredUntil = coveredAtFirst(since, keeping.now, keeping.retentionDays);
    return { entity, vendorId, position: beforeAllChanges(entity), updatedSince: since, coveredUntil };
  }
  const cursor = decodeCursor(given, { entity, vendorId });
  if (since !== null && since !== cursor.updatedSince) {
    throw invalidField('updatedSince', 'must be what the cursor was begun with, or be left out');
  }
  if (isExpired(cursor.coveredUntil, keeping.now, keeping.retentionDays)) {
    throw new ApiError('expired', 'The cursor is older than deleted rows are kept: read everything again, without a cursor.');
  }
  return cursor;
}

/** No row was written before 1970, or will be after 2200; times in between are exact. */
function boundedMicros(time: string): number {
  return Math.min(Math.max(microsOf(time) ?? 0, 0), Date.UTC(2200) * 1000);
}
