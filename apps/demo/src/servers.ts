import path from 'node:path';
import { createDatabase } from '@repo/dev-stack/databases';
import { startStack } from '@repo/dev-stack/stack';

/** PostgreSQL and Redis of this run alone. */
export interface Servers {
  databaseUrl: string;
  redisUrl: string;
  /** Where their data is, while they run. */
  folder: string;
  stop(this: void): Promise<void>;
}

/** Starts both, empty; their data goes with them. */
export async function startServers(log: (line: string) => void): Promise<Servers> {
  // Under a name of its own: two demos at once would share the servers of one name.
  const stack = await startStack({ name: `demo-${process.pid}`, log });
  try {
    const { url } = await createDatabase(stack.databaseUrl, { name: 'hub' });
    return { databaseUrl: url, redisUrl: stack.redisUrl, folder: path.relative(process.cwd(), stack.postgres.dir), stop: stack.stop };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
