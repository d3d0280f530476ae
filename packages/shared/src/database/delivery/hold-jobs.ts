import type { Pool } from 'pg';
import type { HeldReason } from '../schema/sync-jobs';
import { alongIndexes } from './along-indexes';

/** Reasons that are about a vendor's agent, so that they come and go for all its jobs together. */
export const VENDOR_REASONS = [
  'agent_unregistered',
  'agent_disabled',
  'agent_offline',
  'agent_unauthorized',
  'agent_not_polling',
  'breaker_open',
] as const satisfies readonly HeldReason[];

/** Jobs of one vendor that one sweep holds or releases, at most. */
const MOST_AT_ONCE = 1_000;

/** What is known about agents beside their registration, when it is asked which can be called. */
export interface VendorGates {
  /** Seconds without a heartbeat after which an agent is offline. */
  offlineAfterS: number;
  /** Vendors whose pull agents poll; null when nobody knows: then none is held for not polling. */
  polling: readonly string[] | null;
  /** Vendors whose breakers let nothing through. */
  breakerOpen: readonly string[];
}

/** A parameter of {@link holdReason} each, as placeholders of the statement. */
type GateParameters = Record<keyof VendorGates, string>;

/**
 * Values of the gates in the order in which statements take them. Vendors are keys of an object: PostgreSQL finds one among
 * them by halves, in a list it would compare every vendor with every entry.
 */
export function gateValues({ offlineAfterS, polling, breakerOpen }: VendorGates): [number, string | null, string] {
  return [offlineAfterS, polling === null ? null : keysOf(polling), keysOf(breakerOpen)];
}

function keysOf(vendorIds: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(vendorIds.map((vendorId) => [vendorId, 1])));
}

/** Why nothing is offered to an agent, as SQL: null when it can be called. `agent` is the alias of its row in `agent_registry`. */
export function holdReason(agent: string, gates: GateParameters): string {
  return `(case
      when ${agent}.vendor_id is null then 'agent_unregistered'
      when not ${agent}.enabled then 'agent_disabled'
      when ${agent}.last_heartbeat is null or ${agent}.last_heartbeat <= now() - make_interval(secs => ${gates.offlineAfterS}) then 'agent_offline'
      when ${agent}.unauthorized_since is not null then 'agent_unauthorized'
      when ${agent}.mode = 'pull' and not jsonb_exists(${gates.polling}::jsonb, ${agent}.vendor_id) then 'agent_not_polling'
      when jsonb_exists(${gates.breakerOpen}::jsonb, ${agent}.vendor_id) then 'breaker_open'
    end)`;
}

// Vendors with pending jobs, by a loose walk along both partial indexes, and how it is with each one's agent.
const STATES = `
  with recursive unheld(vendor_id) as (
    (select vendor_id from sync_jobs where status = 'pending' and held_reason is null order by vendor_id limit 1)
    union all
    select (select next.vendor_id from sync_jobs next
      where next.status = 'pending' and next.held_reason is null and next.vendor_id > unheld.vendor_id order by next.vendor_id limit 1)
    from unheld where unheld.vendor_id is not null
  ), held(vendor_id) as (
    (select vendor_id from sync_jobs where status = 'pending' and held_reason is not null order by vendor_id limit 1)
    union all
    select (select next.vendor_id from sync_jobs next
      where next.status = 'pending' and next.held_reason is not null and next.vendor_id > held.vendor_id order by next.vendor_id limit 1)
    from held where held.vendor_id is not null
  ), vendors as (
    select vendor_id from unheld where vendor_id is not null union select vendor_id from held where vendor_id is not null
  )
  select vendors.vendor_id, ${holdReason('agent', { offlineAfterS: '$1', polling: '$2', breakerOpen: '$3' })} as hold,
    agent.deregistered_at is not null as deregistered,
    agent.unauthorized_since is not null and agent.next_probe_at <= now() as probe_due
  from vendors left join agent_registry agent on agent.vendor_id = vendors.vendor_id`;

// In the order of the partial indexes, or the planner may prefer one that holds finished jobs, too. What somebody else is
// changing is left to the next sweep: rows in another order than theirs must not be waited for.
const APPLY = `
  with change as materialized (
    select state.vendor_id, state.hold, found.id
    from unnest($1::text[], $2::text[]) as state(vendor_id, hold)
    cross join lateral (
      select id from (
        select id from sync_jobs
        where vendor_id = state.vendor_id and status = 'pending' and held_reason is null and state.hold is not null
        order by next_attempt_at, id limit ${MOST_AT_ONCE} for update skip locked) to_hold
      union all
      select id from (
        select id from sync_jobs
        where vendor_id = state.vendor_id and status = 'pending' and held_reason is not null
          and held_reason = any(array_remove($3::text[], state.hold))
        order by held_reason limit ${MOST_AT_ONCE} for update skip locked) to_release
    ) found
  )
  update sync_jobs job set held_reason = change.hold
  from change where job.vendor_id = change.vendor_id and job.id = change.id`;

/** A vendor with pending jobs. */
export interface VendorState {
  vendorId: string;
  /** Why its jobs are held; null when they are not. */
  hold: HeldReason | null;
  deregistered: boolean;
  /** Its agent refuses the hub's credentials, and one job may try now whether it still does. */
  probeDue: boolean;
}

/** How it is with the agents of all vendors that have pending jobs. */
export async function readVendorStates(pool: Pool, gates: VendorGates): Promise<VendorState[]> {
  return alongIndexes(pool, async (client) => {
    const { rows } = await client.query<{ vendor_id: string; hold: HeldReason | null; deregistered: boolean; probe_due: boolean | null }>({
      name: 'read-vendor-states',
      text: STATES,
      values: gateValues(gates),
    });
    return rows.map((row) => ({
      vendorId: row.vendor_id,
      hold: row.hold,
      deregistered: row.deregistered,
      probeDue: row.probe_due === true,
    }));
  });
}

/** Makes `held_reason` of pending jobs what it is now with their vendors; gives how many changed (bounded a vendor). */
export async function applyHolds(pool: Pool, states: readonly VendorState[]): Promise<number> {
  if (states.length === 0) return 0;
  return alongIndexes(pool, async (client) => {
    const { rowCount } = await client.query({
      name: 'apply-holds',
      text: APPLY,
      values: [states.map(({ vendorId }) => vendorId), states.map(({ hold }) => hold), VENDOR_REASONS],
    });
    return rowCount ?? 0;
  });
}
