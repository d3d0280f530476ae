import { digestRow, formatDigest } from '@repo/contracts/digest';
import type { Pool } from 'pg';
import type { Installation } from '../installation/installation';
import { judgeExits, judgeLogs, readLog } from '../oracle/judge-logs';
import type { Before } from '../oracle/judge-run';
import type { ChaosResult } from '../run-chaos';
import type { ChaosFault } from '../schedule/chaos-fault';
import type { DriftVendor } from './drift-vendor';

/** Writes down every row that is ever deleted, also one that comes back. May be called again. */
export async function noteDeletes(pool: Pool): Promise<void> {
  await pool.query(`create table if not exists deleted_rows (vendor_id text, sku text);
    create or replace function note_deleted() returns trigger language plpgsql as
      $$ begin insert into deleted_rows values (new.vendor_id, new.sku); return new; end $$;
    create or replace trigger note_deleted after update of deleted_at on items for each row
      when (old.deleted_at is null and new.deleted_at is not null) execute function note_deleted()`);
}

export interface EndedDrift {
  vendors: readonly DriftVendor[];
  /** SKUs that every ERP had all the time. */
  stable: readonly string[];
  schedule: readonly ChaosFault[];
  before: Before;
  /** What is known to be wrong already. */
  found: readonly string[];
}

type JudgedDrift = Pick<ChaosResult, 'erpFaults' | 'mishaps' | 'counts' | 'lost' | 'doubled' | 'faults'>;

/** Compares what hub and ERPs hold once all are in step, and what was ever deleted. */
export async function judgeDrift(
  installation: Installation,
  { vendors, stable, schedule, before, found }: EndedDrift,
): Promise<JudgedDrift> {
  const { pool, fleet } = installation;
  const differing = (await Promise.all(vendors.map((vendor) => judgeRows(pool, vendor)))).flat();
  const deleted = (await Promise.all(vendors.map((vendor) => judgeDeletes(pool, vendor, stable)))).flat();
  const roots = (await Promise.all(vendors.map((vendor) => judgeRoot(pool, vendor)))).flat();
  const logs = fleet.processes.flatMap((hub) => readLog(hub, before.logLengths.get(hub.name) ?? 0));
  const exits = fleet.unexpectedExits.filter(({ at }) => at >= before.at);
  const mishaps: Record<string, number> = {};
  for (const { done } of vendors) for (const [act, count] of Object.entries(done)) mishaps[act] = (mishaps[act] ?? 0) + count;
  return {
    erpFaults: {},
    mishaps,
    counts: await countsOf(pool, vendors),
    lost: differing.length + deleted.length,
    doubled: 0,
    faults: [...found, ...differing, ...deleted, ...roots, ...judgeExits(exits, schedule), ...judgeLogs(logs, schedule)],
  };
}

/** What the hub counts: parked rows in place of the live one of their key. */
const COUNTED = `select live.sku as key, live.content_hash as hash, live.key_hash::text as place, live.row_digest::text as digest from items as live
    where live.vendor_id = $1 and live.deleted_at is null
      and not exists (select from parked_rows as parked where parked.vendor_id = $1 and parked.entity = 'items' and parked.key = live.sku)
  union all select key, content_hash, key_hash::text, row_digest::text from parked_rows where vendor_id = $1 and entity = 'items'`;

interface CountedRow {
  key: string;
  hash: string;
  place: string;
  digest: string;
}

async function judgeRows(pool: Pool, { vendorId, rows: erp }: DriftVendor): Promise<string[]> {
  const { rows } = await pool.query<CountedRow>(COUNTED, [vendorId]);
  const here = new Map(rows.map((row) => [row.key, row]));
  const faults: string[] = [];
  for (const row of await erp.all()) {
    const [key, hash] = [row['sku'] as string, row['contentHash'] as string];
    const stored = here.get(key);
    here.delete(key);
    const { h, r } = digestRow(key, hash);
    const place = BigInt.asIntN(64, BigInt(`0x${h.slice(0, 16)}`) ^ (1n << 63n)).toString();
    if (stored === undefined) faults.push(`${vendorId}: ${key} is in the ERP, not in the hub`);
    else if (stored.hash !== hash) faults.push(`${vendorId}: ${key} is another in the hub than in the ERP`);
    else if (stored.place !== place || stored.digest !== BigInt.asIntN(64, r).toString())
      faults.push(`${vendorId}: the digest of ${key} is not its own`);
  }
  for (const key of here.keys()) faults.push(`${vendorId}: ${key} is in the hub, not in the ERP`);
  return faults;
}

async function judgeDeletes(pool: Pool, { vendorId }: DriftVendor, stable: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ sku: string }>(
    'select distinct sku from deleted_rows where vendor_id = $1 and sku = any($2::text[])',
    [vendorId, stable],
  );
  return rows.map(({ sku }) => `${vendorId}: ${sku} was deleted, and the ERP had it all the time`);
}

async function judgeRoot(pool: Pool, { vendorId, rows: erp }: DriftVendor): Promise<string[]> {
  const { rows } = await pool.query<{ count: string; digest: string }>(
    `select coalesce(sum(count), 0)::text as count, coalesce(sum(digest), 0)::text as digest from (
       select count, digest from sync_digests where vendor_id = $1 and entity = 'items'
       union all select count_delta, digest_delta from sync_digest_deltas where vendor_id = $1 and entity = 'items') as parts`,
    [vendorId],
  );
  const running = { count: Number(rows[0]?.count), digest: formatDigest(BigInt(rows[0]?.digest ?? 0)) };
  const root = erp.store.root('items');
  const same = running.count === root.count && running.digest === root.digest;
  return same ? [] : [`${vendorId}: the running root is ${running.count}.${running.digest}, the ERP's ${root.count}.${root.digest}`];
}

async function countsOf(pool: Pool, vendors: readonly DriftVendor[]): Promise<Record<string, number>> {
  const ids = [vendors.map(({ vendorId }) => vendorId)];
  const { rows: events } = await pool.query<{ name: string; n: number }>(
    `select event_type as name, count(*)::int as n from reconciliation_events where vendor_id = any($1::text[]) group by 1 order by 1`,
    ids,
  );
  const { rows: changes } = await pool.query<{ name: string; n: number }>(
    `select change as name, sum(n::int)::int as n from reconciliation_events, jsonb_each_text(summary -> 'rows') as one (change, n)
     where vendor_id = any($1::text[]) and change in ('written', 'parked', 'deleted', 'moved') group by 1 order by 1`,
    ids,
  );
  const { rows: snapshots } = await pool.query<{ name: string; n: number }>(
    `select 'snapshots ' || status as name, count(*)::int as n from snapshots where vendor_id = any($1::text[]) group by 1 order by 1`,
    ids,
  );
  return Object.fromEntries([...events, ...changes, ...snapshots].map(({ name, n }) => [name, n]));
}
