import type { Pool } from 'pg';

/** A tick that was interrupted is done once more; a second time is left. */
const AGAIN = 'begun again after an interruption';

/** After which moment ticks of a schedule are still to be done: the last that needs no other run; null when it is not known. */
export async function readLastTick(pool: Pool, schedule: string): Promise<Date | null> {
  const { rows } = await pool.query<{ last: Date | null }>(
    `select coalesce(max(tick_at) filter (where outcome is distinct from 'interrupted' or error is not null), min(tick_at) - interval '1 second') as last
     from schedule_runs where schedule = $1`,
    [schedule],
  );
  return rows[0]?.last ?? null;
}

/** Notes from when on ticks of these schedules count, of those that are not known yet: ticks before are not missed. */
export async function noteFirstSeen(pool: Pool, schedules: readonly string[], at: Date, instance: string): Promise<void> {
  await pool.query(
    `insert into schedule_runs (schedule, tick_at, instance, finished_at, outcome)
     select name, $2, $3, now(), 'first_seen' from unnest($1::text[]) as name
     where not exists (select from schedule_runs where schedule = name)
     on conflict (schedule, tick_at) do nothing`,
    [schedules, at, instance],
  );
}

/** Takes a tick for this instance: of all who want it, one gets the id of its run. */
export async function claimTick(pool: Pool, schedule: string, tickAt: Date, instance: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into schedule_runs as run (schedule, tick_at, instance) values ($1, $2, $3)
     on conflict (schedule, tick_at) do update
       set instance = excluded.instance, started_at = now(), finished_at = null, outcome = null, error = '${AGAIN}'
       where run.outcome = 'interrupted' and run.error is null
     returning id`,
    [schedule, tickAt, instance],
  );
  return rows[0]?.id;
}

/** Says how a run ended; nothing when somebody has taken it for interrupted. */
export async function finishRun(
  pool: Pool,
  id: string,
  instance: string,
  outcome: 'succeeded' | 'failed',
  error: string | null,
): Promise<void> {
  await pool.query(
    `update schedule_runs set finished_at = clock_timestamp(), outcome = $3, error = coalesce($4, error)
     where id = $1 and instance = $2 and outcome is null`,
    [id, instance, outcome, error],
  );
}

/** Notes that the runs of other instances will not end: whoever leads now calls this. Returns how many there were. */
export async function interruptOthers(pool: Pool, instance: string): Promise<number> {
  const { rowCount } = await pool.query(
    `update schedule_runs set finished_at = clock_timestamp(), outcome = 'interrupted' where outcome is null and instance <> $1`,
    [instance],
  );
  return rowCount ?? 0;
}
