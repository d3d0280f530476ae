import { sql } from 'drizzle-orm';
import { formatDigest } from '@repo/contracts/digest';
import type { Executor } from '../connect';

/** What was sent for a snapshot: distinct keys, and the sum of their row digests by the last hash of each, 16 hex digits. */
export interface SentSum {
  count: number;
  digest: string;
}

/** Sums up what was sent; "last" is by the arrival of the batches. */
export async function sumKeys(tx: Executor, { vendorId, id }: { vendorId: string; id: string }): Promise<SentSum> {
  const { rows } = await tx.execute<{ count: string; digest: string }>(sql`
    select count(*)::text as count, coalesce(sum(row_digest), 0)::text as digest from (
      select distinct on (sent.key_hash) sent.row_digest
        from snapshot_keys as kept cross join lateral unnest(kept.key_hashes, kept.row_digests) as sent (key_hash, row_digest)
        where kept.vendor_id = ${vendorId} and kept.snapshot_id = ${id}
        order by sent.key_hash, kept.id desc) as last`);
  const { count = '0', digest = '0' } = rows[0] ?? {};
  return { count: Number(count), digest: formatDigest(BigInt(digest)) };
}
