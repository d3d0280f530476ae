import type { Pool, PoolClient } from 'pg';

/**
 * Runs `work` in a transaction that `begin` opens (one or more statements without parameters, one round trip), on a
 * connection that is given back in any case, and thrown away when it could not even roll back.
 */
export async function inTransaction<T>(pool: Pick<Pool, 'connect'>, begin: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}
