import type { Client } from 'pg';

/** What the items of {@link loadItems} need. */
export const LOADED_MAPPINGS = [
  { mappingType: 'unit', erpCode: 'PCE', restoCode: 'PCE', restoLabel: 'Piece' },
  { mappingType: 'vat', erpCode: 'T1', restoCode: 'VAT', restoLabel: 'VAT', vatRate: '5.5' },
];

/** Items as ingest would have written them, the first version of each of `comparing-agent.ts`; the running root knows nothing of them. */
export async function loadItems(client: Client, vendorId: string, rows: number): Promise<void> {
  const number = (hashed: string) => `substr(sha256(${hashed}), 1, 8)::bigint`;
  await client.query(
    `insert into items (vendor_id, sku, name, erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate, content_hash,
        last_synced_at, updated_at, touched_at, change_seq, key_hash, row_digest)
      select $1, sku, 'Item ' || n, 'PCE', 'T1', 'PCE', 'Piece', 'VAT', 5.5, hash, '2026-01-01Z', now(), now(), 1,
        ${number('sku::bytea')} # (-9223372036854775808)::bigint, ${number(`sku::bytea || '\\x00'::bytea || hash::bytea`)}
      from (select n, 'SKU-' || n as sku, 'hash-' || n as hash from generate_series(0, $2::int - 1) as n) as made`,
    [vendorId, rows],
  );
  await client.query('vacuum analyze items');
}
