import type { Pool, PoolClient } from 'pg';
import type { Alert } from './track-alerts';

/** What there is to tell of an alert. */
export interface AlertNews extends Alert {
  news: 'raised' | 'cleared';
}

/** What is older is not news any more, even if nobody could be told. */
const OLDEST_NEWS = `interval '1 day'`;

/** What `sink` was not told yet, oldest first. What came and went before anybody was told is no news. */
export async function readUntold(executor: Pool | PoolClient, sink: string, most: number): Promise<AlertNews[]> {
  const { rows } = await executor.query<AlertNews>(
    `select id, kind, subject, vendor_id as "vendorId", detail, raised_at as "raisedAt", cleared_at as "clearedAt",
       case when cleared_at is null then 'raised' else 'cleared' end as news
     from alerts
     where (cleared_at is null and not told @> array[$1 || ':raised'])
       or (cleared_at > clock_timestamp() - ${OLDEST_NEWS} and told @> array[$1 || ':raised'] and not told @> array[$1 || ':cleared'])
     order by id limit $2`,
    [sink, most],
  );
  return rows;
}

/** Notes that `sink` was told. Told and not noted (a crash in between) is told again. */
export async function noteTold(executor: Pool | PoolClient, sink: string, told: readonly AlertNews[]): Promise<void> {
  await executor.query(
    `update alerts set told = alerts.told || mark
     from unnest($1::uuid[], $2::text[]) as told (id, mark)
     where alerts.id = told.id and not alerts.told @> array[mark]`,
    [told.map(({ id }) => id), told.map(({ news }) => `${sink}:${news}`)],
  );
}
