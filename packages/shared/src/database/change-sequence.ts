/**
 * The change number of a write: its transaction's number plus the offset of this database. Numbers come in the order in
 * which transactions begin, not in which they commit: {@link CHANGE_HORIZON} says up to where all have ended.
 */
export const CHANGE_SEQ = '(pg_current_xact_id()::text::bigint + (select change_offset from hub_state))';

/** No transaction that is still open, or that will ever come, writes a change number below this. */
export const CHANGE_HORIZON = '(pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (select change_offset from hub_state))';
