import type { ClientBase, Pool } from 'pg';
import { OPEN_STATES } from './delivery/transitions';

/** Numbers of tries and of offers go on from so much further up: none that was used after the backup is used again. */
const NUMBERS_LEFT_OUT = 1_000;

/** What the log says then. */
export const RESTORED = 'this database was restored: open jobs are asked after before they are sent, see docs/operations.md';

/** What was found when the hub looked where its database is. */
export interface Restored {
  /** Jobs whose agents are asked before they are told: what became of them after the backup is not known. */
  jobs: number;
}

// A dump makes the table anew; a recovery to a point in time goes on in a timeline of its own; another cluster has another
// identifier. In recovery there is nothing to say, and nothing to write to.
const HERE = `
  select (select system_identifier::text from pg_control_system()) as cluster,
    case when not pg_is_in_recovery() then left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) || '/' || 'hub_state'::regclass::oid end as home`;

const open = OPEN_STATES.map((status) => `'${status}'`).join(', ');

// In one statement: whoever sees the new place sees what follows from it.
const MOVE_IN = `
  with here as (${HERE}), state as (
    insert into hub_state as known (id, system_identifier, home, change_offset) select 1, cluster, home, 0 from here
    on conflict (id) do update set system_identifier = excluded.system_identifier, home = excluded.home,
      change_offset = case when known.system_identifier = excluded.system_identifier and coalesce(known.home, excluded.home) = excluded.home and not $1
        then known.change_offset
        else greatest(known.change_offset, (select coalesce(max(change_seq), 0) from (
          select max(change_seq) as change_seq from items
          union all select max(change_seq) from stock
          union all select max(change_seq) from warehouses) as highest)) end
      where known.system_identifier <> excluded.system_identifier or known.home is distinct from excluded.home or $1
    returning old.id is not null and (old.system_identifier <> new.system_identifier or coalesce(old.home, new.home) <> new.home or $1) as restored
  ), marked as (
    update sync_jobs job
    set status = case when job.status = 'failed' then 'failed' else 'pending' end, must_ask = true, ask_after = null, next_attempt_at = now(),
      attempt_no = job.attempt_no + ${NUMBERS_LEFT_OUT}, sent_attempt = job.attempt_no + ${NUMBERS_LEFT_OUT},
      dispatch_no = job.dispatch_no + ${NUMBERS_LEFT_OUT}, queued_at = null, lease_token = null, lease_until = null, callback_deadline_at = null
    from state
    where state.restored and (job.status in (${open}) or (job.status = 'failed' and exists (
      select from dead_letter_queue letter where letter.vendor_id = job.vendor_id and letter.original_job_id = job.id and not letter.resolved)))
    returning 1
  ), noted as (
    insert into audit_log (actor, action, target, after)
    select 'hub', 'restore.detected', 'database', jsonb_build_object('jobsToAskAfter', (select count(*) from marked)) from state where restored
  )
  select restored, (select count(*)::int from marked) as jobs from state`;

/**
 * Looks whether this is still the database that the hub last ran on, or one that was restored from a backup, and does what
 * has to follow from that: change numbers go on upwards, and every open job is asked after before its agent is told, since it
 * may have been done after the backup. Cheap when nothing has changed. `restored`: it was, whatever it looks like; a copy of
 * the files that simply starts again cannot be told from the original.
 */
export async function ensureHubState(client: ClientBase | Pool, { restored = false } = {}): Promise<Restored | undefined> {
  const { rows } = await client.query<{ cluster: string; home: string | null; known_cluster: string | null; known_home: string | null }>(
    `select here.*, known.system_identifier as known_cluster, known.home as known_home
     from (${HERE}) as here left join hub_state as known on true`,
  );
  const [found] = rows;
  if (found === undefined || found.home === null) return undefined;
  if (!restored && found.cluster === found.known_cluster && found.home === found.known_home) return undefined;
  const { rows: moved } = await client.query<{ restored: boolean; jobs: number }>(MOVE_IN, [restored]);
  return moved[0]?.restored === true ? { jobs: moved[0].jobs } : undefined;
}
