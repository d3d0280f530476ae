import type { ClientBase, Pool } from 'pg';

/**
 * The change number of a write: its transaction's number plus the offset of this database. Numbers come in the order in
 * which transactions begin, not in which they commit: {@link CHANGE_HORIZON} says up to where all have ended.
 */
export const CHANGE_SEQ = '(pg_current_xact_id()::text::bigint + (select change_offset from hub_state))';

/** No transaction that is still open, or that will ever come, writes a change number below this. */
export const CHANGE_HORIZON = '(pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (select change_offset from hub_state))';

/**
 * Makes change numbers go on upwards also after a dump was restored into another cluster, whose transaction numbers start
 * again from below: the offset grows past the highest number stored. Cheap when the cluster is still the same.
 */
export async function ensureHubState(client: ClientBase | Pool): Promise<void> {
  const { rows } = await client.query<{ here: string; known: string | null }>(
    `select (select system_identifier::text from pg_control_system()) as here, (select system_identifier from hub_state) as known`,
  );
  const { here, known } = rows[0] ?? {};
  if (here === known) return;
  await client.query(
    `insert into hub_state (id, system_identifier, change_offset) values (1, $1, 0)
     on conflict (id) do update set
       system_identifier = excluded.system_identifier,
       change_offset = greatest(
         hub_state.change_offset,
         (select coalesce(max(change_seq), 0) from (
            select max(change_seq) as change_seq from items
            union all select max(change_seq) from stock
            union all select max(change_seq) from warehouses) as highest))`,
    [here],
  );
}
