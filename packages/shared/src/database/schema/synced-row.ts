import { sql } from 'drizzle-orm';
import { text } from 'drizzle-orm/pg-core';
import { int64, keyText, time } from './columns';

/** The columns that every synchronised entity has beside its own. */
export const syncedRowColumns = () => ({
  vendorId: keyText('vendor_id').notNull(),
  contentHash: text('content_hash').notNull(),
  /** The ERP's time of the row. Not indexed: advancing it stays a HOT update. */
  lastSyncedAt: time('last_synced_at').notNull(),
  createdAt: time('created_at')
    .notNull()
    .default(sql`clock_timestamp()`),
  /** Moves with `change_seq`. */
  updatedAt: time('updated_at').notNull(),
  /** When the ERP last said anything of this row, by the hub's clock; a mapping that is applied later does not move it. */
  touchedAt: time('touched_at').notNull(),
  /** The writing transaction's number (see docs/data-model.md): the cursor of the reads. */
  changeSeq: int64('change_seq').notNull(),
  deletedAt: time('deleted_at'),
  /** First 8 bytes of SHA-256(key), shifted by 2^63 so that the signed order is the order of the prefixes. */
  keyHash: int64('key_hash').notNull(),
  /** The row's digest `r`, as a signed 64-bit number. */
  rowDigest: int64('row_digest').notNull(),
});
