import type { Pool, PoolClient } from 'pg';

/** A condition as it is seen now. */
export interface Condition {
  kind: string;
  /** What of its kind: a vendor, a vendor's breaker, an order; empty where there is only one. */
  subject: string;
  vendorId: string | null;
  /** One sentence for people, without a secret. */
  detail: string;
}

/** A condition that has come, or that has gone. */
export interface Alert extends Condition {
  id: string;
  raisedAt: Date;
  clearedAt: Date | null;
}

const COLUMNS = 'id, kind, subject, vendor_id as "vendorId", detail, raised_at as "raisedAt", cleared_at as "clearedAt"';

const RAISE = `
  insert into alerts (kind, subject, vendor_id, detail)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
  on conflict (kind, subject) where cleared_at is null do nothing
  returning ${COLUMNS}`;

/** Opens an alert for each condition that has none. Returns those that this call opened: of many at once, one opens it. */
export async function raiseAlerts(executor: Pool | PoolClient, conditions: readonly Condition[]): Promise<Alert[]> {
  if (conditions.length === 0) return [];
  const column = <K extends keyof Condition>(name: K) => conditions.map((condition) => condition[name]);
  const values = [column('kind'), column('subject'), column('vendorId'), column('detail')];
  return (await executor.query<Alert>(RAISE, values)).rows;
}

/** Closes the open alerts of these kinds whose condition is not among those seen now. Returns those that this call closed. */
export async function clearAlerts(executor: Pool | PoolClient, kinds: readonly string[], seen: readonly Condition[]): Promise<Alert[]> {
  const { rows } = await executor.query<Alert>(
    `update alerts set cleared_at = clock_timestamp()
     where cleared_at is null and kind = any($1)
       and not exists (select from unnest($2::text[], $3::text[]) as seen (kind, subject)
         where seen.kind = alerts.kind and seen.subject = alerts.subject)
     returning ${COLUMNS}`,
    [kinds, seen.map(({ kind }) => kind), seen.map(({ subject }) => subject)],
  );
  return rows;
}

/** Closes open alerts of these kinds that were raised so long ago: of what happened once, and is not a state. */
export async function clearOldAlerts(executor: Pool | PoolClient, kinds: readonly string[], afterS: number): Promise<Alert[]> {
  const { rows } = await executor.query<Alert>(
    `update alerts set cleared_at = clock_timestamp()
     where cleared_at is null and kind = any($1) and raised_at < clock_timestamp() - make_interval(secs => $2)
     returning ${COLUMNS}`,
    [kinds, afterS],
  );
  return rows;
}
