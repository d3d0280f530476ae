import type { Pool } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { inEntityTransaction } from '../ingest/entity-transaction';
import { tombstoneRows } from '../ingest/tombstone-rows';

/** A snapshot of which it is decided that it deletes. */
export interface CommittingSnapshot {
  vendorId: string;
  id: string;
  entity: Entity;
  startedAt: string;
}

/**
 * Deletes the next page of what a committing snapshot has to delete, as far as nothing was heard of those keys meanwhile; the
 * last one closes it. Holds the lock of the entity alone, for this page only; any number of processes may do so at once.
 * Returns whether there is more to do.
 */
export function deletePage(pool: Pool, { vendorId, id, entity, startedAt }: CommittingSnapshot): Promise<boolean> {
  return inEntityTransaction(pool, vendorId, entity, 'alone', async (client) => {
    const { rows } = await client.query<{ page: number; keys: string[]; last: boolean }>(
      `with taken as (
         delete from snapshot_deletes where vendor_id = $1 and snapshot_id = $2
             and page = (select min(page) from snapshot_deletes where vendor_id = $1 and snapshot_id = $2)
           returning page, keys)
       select keys, not exists (
           select from snapshot_deletes as later where later.vendor_id = $1 and later.snapshot_id = $2 and later.page > taken.page) as last
         from taken`,
      [vendorId, id],
    );
    const [taken] = rows;
    const { tombstoned } =
      taken === undefined ? { tombstoned: 0 } : await tombstoneRows(client, vendorId, entity, taken.keys, { untouchedSince: startedAt });
    const last = taken?.last ?? true;
    await client.query(
      `update snapshots set tombstoned = tombstoned + $3,
           status = case when $4 then 'committed' else status end, closed_at = case when $4 then clock_timestamp() end
         where vendor_id = $1 and id = $2 and status = 'committing'`,
      [vendorId, id, tombstoned, last],
    );
    return !last;
  });
}
