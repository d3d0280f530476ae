import type { Pool } from 'pg';
import { alongIndexes } from '../delivery/along-indexes';
import type { Condition } from './track-alerts';

/** From when on something is worth an alert. */
export interface ConditionLimits {
  offlineAfterS: number;
  /** Of the oldest order that has not reached its ERP. */
  orderAgeS: number;
  clockSkewMs: number;
}

const ofAgents = `
  from agent_registry where deregistered_at is null and enabled`;

/** Agents that are not heard of, whose clock is off, or who refuse the hub's credentials. */
export async function readAgentConditions(pool: Pool, { offlineAfterS, clockSkewMs }: ConditionLimits): Promise<Condition[]> {
  const { rows } = await pool.query<Condition>(
    `select 'agent_offline' as kind, vendor_id as subject, vendor_id as "vendorId",
       'Nothing was heard of the agent of ' || vendor_id || ' for more than ' || $1::int || ' s' as detail
     ${ofAgents} and coalesce(last_heartbeat, created_at) < now() - make_interval(secs => $1)
     union all
     select 'clock_skew', vendor_id, vendor_id, 'The clock of the agent of ' || vendor_id || ' is off by ' || round(clock_skew_ms / 1000.0) || ' s'
     ${ofAgents} and abs(clock_skew_ms) > $2 and last_heartbeat >= now() - make_interval(secs => $1)
     union all
     select 'agent_refuses_credentials', vendor_id, vendor_id, 'The agent of ' || vendor_id || ' refuses the hub''s credentials: its jobs are held'
     ${ofAgents} and unauthorized_since is not null`,
    [offlineAfterS, clockSkewMs],
  );
  return rows;
}

/** Dead letters that nobody has dealt with. */
export async function readDeadLetterCondition(pool: Pool): Promise<Condition[]> {
  const { rows } = await pool.query<Condition>(
    `select 'dlq_entries_found' as kind, '' as subject, null as "vendorId", count(*) || ' dead letters wait for a person' as detail
     from dead_letter_queue where not resolved having count(*) > 0`,
  );
  return rows;
}

/** An order that has waited too long, whatever for; what is held because it would delete too much; drift that stays. */
export async function readOtherConditions(pool: Pool, { orderAgeS }: ConditionLimits): Promise<Condition[]> {
  return alongIndexes(pool, async (client) => {
    const { rows } = await client.query<Condition>(
      `select 'oldest_order_too_old' as kind, '' as subject, null as "vendorId",
         'The oldest order has not reached its ERP for ' || round(extract(epoch from now() - oldest) / 60) || ' min' as detail
       from (select min(oldest) as oldest from (
         select min(created_at) as oldest from sync_jobs where status = 'pending' and held_reason is null and operation = 'create_order'
         union all select min(created_at) from sync_jobs where status = 'pending' and held_reason is not null and operation = 'create_order'
         union all select min(created_at) from sync_jobs where status in ('queued', 'processing') and operation = 'create_order'
         union all select min(created_at) from sync_jobs where status = 'awaiting_callback' and operation = 'create_order') as each) as all_open
       where oldest < now() - make_interval(secs => $1)
       union all
       select 'held_too_many_deletes', id::text, vendor_id,
         'A snapshot of ' || entity || ' of ' || vendor_id || ' would delete too much and waits for an admin'
       from snapshots where status = 'held' and expires_at > now()
       union all
       select case outcome when 'unresolved' then 'reconciliation_drift' else 'held_too_many_deletes' end, vendor_id || '/' || entity, vendor_id,
         case outcome when 'unresolved' then 'The ' || entity || ' of ' || vendor_id || ' differ from those of its ERP, and healing them did not help'
           else 'A comparison of the ' || entity || ' of ' || vendor_id || ' would delete too much: an admin can force it' end
       from reconciliation_runs as run where outcome in ('unresolved', 'held_too_many_deletes')
         and not exists (select from agent_registry as gone where gone.vendor_id = run.vendor_id and gone.deregistered_at is not null)`,
      [orderAgeS],
    );
    return rows;
  });
}
