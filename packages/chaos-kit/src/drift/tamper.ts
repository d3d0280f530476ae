import type { Pool } from 'pg';
import type { TamperKind } from './draw-acts';

const STATEMENTS: Readonly<Record<TamperKind, string>> = {
  hash: `update items set content_hash = 'tampered', name = 'tampered'`,
  digest: 'update items set row_digest = row_digest # 255',
  place: 'update items set key_hash = key_hash # 255',
  delete: 'delete from items',
  undelete: 'update items set deleted_at = null',
};

/** Writes to rows of a vendor as somebody would who knows nothing of the running root. The database may be away: then nothing happens. */
export async function tamper(pool: Pool, vendorId: string, skus: readonly string[], how: TamperKind): Promise<boolean> {
  try {
    await pool.query(`${STATEMENTS[how]} where vendor_id = $1 and sku = any($2::text[])`, [vendorId, skus]);
    return true;
  } catch {
    // It is killed and hangs on purpose; the act is counted as cut short.
    return false;
  }
}
