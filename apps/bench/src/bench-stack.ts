import { createDatabase } from '@repo/dev-stack/databases';
import { startStack } from '@repo/dev-stack/stack';

/** Servers for a run, with the settings of production as to durability. */
export interface BenchStack {
  redisUrl: string;
  /** A new, empty database (the hub migrates it at its start). */
  database(): Promise<string>;
  stop(): Promise<void>;
}

export async function startBenchStack(): Promise<BenchStack> {
  const stack = await startStack({
    name: `bench-${process.pid}`,
    settings: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', shared_buffers: '1GB', max_wal_size: '4GB' },
  });
  return { redisUrl: stack.redisUrl, database: async () => (await createDatabase(stack.databaseUrl)).url, stop: () => stack.stop() };
}
