import type { Pool } from 'pg';
import type { Entity } from '@repo/contracts/primitives';

/** What the cap on deletes is reckoned from. */
export interface CapCounts {
  /** Live rows. */
  live: number;
  /** Rows that were deleted in the last 24 hours, in whatever way, and have not come back. */
  deletedLately: number;
}

/** One scan of a vendor's rows. */
export async function countForCap(pool: Pool, vendorId: string, entity: Entity): Promise<CapCounts> {
  const { rows } = await pool.query<CapCounts>(
    `select count(*) filter (where deleted_at is null)::int as live,
       count(*) filter (where deleted_at > clock_timestamp() - interval '24 hours')::int as "deletedLately"
     from ${entity} where vendor_id = $1`,
    [vendorId],
  );
  return rows[0] ?? { live: 0, deletedLately: 0 };
}
