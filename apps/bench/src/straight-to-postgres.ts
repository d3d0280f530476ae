import { MAPPED_COLUMNS, ROW_COLUMNS } from '@repo/shared/database/ingest/entity-columns';
import type { ItemRow } from '@repo/sample-data/rows';
import type { Pool } from 'pg';

const columns = [{ property: 'sku', column: 'sku', kind: 'text' as const }, ...ROW_COLUMNS.items, ...MAPPED_COLUMNS];
const names = [...columns.map(({ column }) => column), 'content_hash', 'last_synced_at'];
const types = [...columns.map(({ kind }) => kind), 'text', 'timestamptz'];

/** What somebody would write who sends the same rows to the same table from Node: one `unnest` upsert, arrays as the driver takes them. */
const UPSERT = {
  name: 'straight-upsert',
  text: `insert into items (vendor_id, ${names.join(', ')}, touched_at, updated_at, change_seq, key_hash, row_digest)
    select $1, ${names.map((name) => `batch.${name}`).join(', ')}, now(), now(), 0, 0, 0
    from unnest(${types.map((type, i) => `$${i + 2}::${type}[]`).join(', ')}) as batch (${names.join(', ')})
    on conflict (vendor_id, sku) do update set ${names
      .slice(1)
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')}, touched_at = excluded.touched_at, updated_at = excluded.updated_at`,
};

const mapped: Record<string, string> = { unitCode: 'PCE', unitLabel: 'Pièce', vatCode: 'FR-5.5', vatRate: '5.5' };

/** Upserts a batch of items, straight. */
export async function upsertStraight(pool: Pool, vendorId: string, rows: readonly ItemRow[]): Promise<void> {
  const values = columns.map(({ property, kind }) =>
    rows.map((row) => {
      const value = (row as unknown as Record<string, unknown>)[property] ?? mapped[property] ?? null;
      return kind === 'jsonb' && value !== null ? JSON.stringify(value) : value;
    }),
  );
  await pool.query({ ...UPSERT, values: [vendorId, ...values, rows.map((row) => row.contentHash), rows.map((row) => row.lastSyncedAt)] });
}
