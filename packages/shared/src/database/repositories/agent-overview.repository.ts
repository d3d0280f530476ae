import type { Pool, PoolClient } from 'pg';
import type { MappingType } from '@repo/contracts/operations/mapping-operations';
import type { Entity } from '@repo/contracts/primitives';
import type { ParkReason } from '@repo/contracts/verdicts';

/** The most missing codes that are named, those with the most rows first. */
const MOST_MISSING = 1_000;

/** What waits, what was compared, what is open: of one vendor. */
export interface AgentOverview {
  missingMappings: { mappingType: MappingType; erpCode: string; parkedRows: number }[];
  parkedRows: { entity: Entity; reason: ParkReason; count: number }[];
  lastReconciliation: { entity: Entity; eventType: string; at: Date }[];
  openSnapshots: { snapshotId: string; entity: Entity; startedAt: Date; expiresAt: Date }[];
}

// what rows wait for is as of when they were judged last: a code that has been mapped since is not missing
const MISSING = `
  with waited as (
    select waits, split_part(waits, ':', 1) as type, substr(waits, strpos(waits, ':') + 1) as code, count(*)::int as rows
    from parked_rows cross join unnest(waits_for) as waits
    where vendor_id = $1 and split_part(waits, ':', 1) in ('unit', 'vat', 'family', 'subfamily')
    group by waits)
  select type as "mappingType", code as "erpCode", rows as "parkedRows" from waited
  where not exists (select from erp_code_mappings as mapping
    where mapping.vendor_id = $1 and mapping.mapping_type = type and mapping.erp_code = code and mapping.is_active)
  order by rows desc, waits collate "C" limit ${MOST_MISSING}`;

const PARKED = `
  select entity, reason, count(*)::int as count from parked_rows where vendor_id = $1
  group by entity, reason order by entity, reason`;

// ids carry the time: the last event of each entity is found from the end of the primary key
const RECONCILED = `
  select last.entity, last.event_type as "eventType", last.timestamp as at
  from (values ('items'), ('stock'), ('warehouses')) as entities (entity)
  cross join lateral (
    select entity, event_type, timestamp from reconciliation_events as event
    where vendor_id = $1 and event.entity = entities.entity order by id desc limit 1) as last`;

const OPEN_SNAPSHOTS = `
  select id as "snapshotId", entity, started_at as "startedAt", expires_at as "expiresAt"
  from snapshots where vendor_id = $1 and status = 'open' and expires_at > now() order by id`;

/** Reads the overview, one question after the other: an agent that asks often must not take the whole pool. */
export async function readAgentOverview(executor: Pool | PoolClient, vendorId: string): Promise<AgentOverview> {
  const ask = async <T extends object>(text: string) => (await executor.query<T>(text, [vendorId])).rows;
  return {
    missingMappings: await ask<AgentOverview['missingMappings'][number]>(MISSING),
    parkedRows: await ask<AgentOverview['parkedRows'][number]>(PARKED),
    lastReconciliation: await ask<AgentOverview['lastReconciliation'][number]>(RECONCILED),
    openSnapshots: await ask<AgentOverview['openSnapshots'][number]>(OPEN_SNAPSHOTS),
  };
}
