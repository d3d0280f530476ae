import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { within } from '../timing/within';

/**
 * The rows of a small statement whose answer may not take long. A connection that does not answer is closed, so that whoever
 * asks again and again does not take the pool from everyone else.
 * @throws NoAnswerError after `limitMs`
 */
export async function askSoon<Row extends QueryResultRow>(
  pool: Pool,
  limitMs: number,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const end = Date.now() + limitMs;
  const client = await connectSoon(pool, limitMs);
  try {
    const { rows } = await within(Math.max(1, end - Date.now()), () => client.query<Row>(statement, [...values]));
    client.release();
    return rows;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function connectSoon(pool: Pool, limitMs: number): Promise<PoolClient> {
  const connecting = pool.connect();
  try {
    return await within(limitMs, () => connecting);
  } catch (error) {
    // One that comes too late goes to whoever waits next.
    connecting.then(
      (late) => late.release(),
      () => undefined,
    );
    throw error;
  }
}
