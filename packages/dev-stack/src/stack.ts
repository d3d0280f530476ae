import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDatabase } from './databases';
import { withFileLock } from './file-lock';
import { isPortFree } from './ports';
import { type PostgresServer, removePostgresIn, startPostgres, stopPostgresIn } from './postgres';
import { processIdentity, sendSignal } from './process';
import { dataFolder } from './project-root';
import { type RedisServer, startRedis, stopRedisIn } from './redis';
import { abandonedStacks, readStack, writeStack } from './stack-users';

export interface StackOptions {
  /** Stacks of one name share their servers and data. */
  name: string;
  /** The project whose `.data` folder holds the data; DEV_STACK_DIR goes before. */
  root?: string;
  /** Keep the data when the last user leaves. Default: false. */
  persistent?: boolean;
  /** Which servers to run. Default: both. */
  postgres?: boolean;
  redis?: boolean;
  /** PostgreSQL settings over the defaults of development. */
  settings?: Record<string, string>;
  /** End the servers with this process, even when it is killed; for stacks that nobody else takes part in. */
  endWithOwner?: boolean;
  log?: (line: string) => void;
}

/** A PostgreSQL and a Redis, shared by all who opened the stack under its name. */
export interface Stack {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  /** Leaves the stack; the last to leave stops the servers and, unless it is persistent, removes the data. */
  stop(this: void): Promise<void>;
}

/** The servers that a stack was asked for; the others are null. */
export interface PartialStack {
  postgres: PostgresServer | null;
  redis: RedisServer | null;
  stop(this: void): Promise<void>;
}

let handles = 0;

/** Starts both servers, or takes part when another process runs them already. */
export async function startStack(options: Omit<StackOptions, 'postgres' | 'redis'>): Promise<Stack> {
  const { postgres, redis, stop } = await joinStack(options);
  if (!postgres || !redis) throw new Error('A stack of both servers lacks one');
  return {
    postgres,
    redis,
    stop,
    get databaseUrl() {
      return postgres.url;
    },
    get redisUrl() {
      return redis.url;
    },
  };
}

/**
 * Takes part in a stack. Every start and stop below one parent folder waits for the others, so that two processes cannot
 * start the same cluster, and what killed processes left behind is removed by the next one that comes.
 */
export async function joinStack(options: StackOptions): Promise<PartialStack> {
  const parent = dataFolder(options.root);
  const folder = join(parent, options.name);
  const user = `${processIdentity(process.pid)}#${++handles}`;
  const exclusively = <T>(work: () => Promise<T>) =>
    withFileLock(join(parent, '.lock'), work, {
      onWait: (pid) => options.log?.(`Waiting for process ${pid}, which starts or stops servers`),
    });

  const servers = await exclusively(async () => {
    for (const abandoned of abandonedStacks(parent)) await removeStack(abandoned);
    const before = readStack(folder);
    const record = { ...before, persistent: options.persistent ?? before?.persistent ?? false, users: [...(before?.users ?? []), user] };
    writeStack(folder, record);
    try {
      const started = await startServers(folder, options, before ?? {});
      writeStack(folder, { ...record, ...started.ports });
      return started;
    } catch (error) {
      await leave(folder, user);
      throw error;
    }
  });

  const atExit = () => endAtExit(folder, user, servers);
  process.once('exit', atExit);
  let stopped: Promise<void> | null = null;
  const stop = () => (stopped ??= exclusively(() => leave(folder, user)).finally(() => process.removeListener('exit', atExit)));
  return { postgres: servers.postgres, redis: servers.redis, stop };
}

interface Servers {
  postgres: PostgresServer | null;
  redis: RedisServer | null;
}

async function startServers(
  folder: string,
  { postgres = true, redis = true, settings, endWithOwner, log }: StackOptions,
  last: { postgresPort?: number; redisPort?: number },
): Promise<Servers & { ports: { postgresPort?: number; redisPort?: number } }> {
  const [first, second] = await Promise.allSettled([
    postgres ? startPostgres({ dir: postgresFolder(folder), port: await portAgain(last.postgresPort), settings, endWithOwner, log }) : null,
    redis ? startRedis({ dir: redisFolder(folder), port: await portAgain(last.redisPort), endWithOwner, log }) : null,
  ]);
  // Only now: both have settled, so nothing starts behind the back of the clean-up.
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
  return {
    postgres: first.value,
    redis: second.value,
    ports: {
      ...(first.value ? { postgresPort: first.value.port } : {}),
      ...(second.value ? { redisPort: second.value.port } : {}),
    },
  };
}

async function portAgain(last: number | undefined): Promise<number> {
  return last !== undefined && (await isPortFree(last)) ? last : 0;
}

async function leave(folder: string, user: string): Promise<void> {
  const record = readStack(folder);
  if (!record) return;
  const others = record.users.filter((other) => other !== user);
  if (others.length === 0 && !record.persistent) return removeStack(folder);
  // By the folders: the last one out also stops the server that only another user had asked for.
  if (others.length === 0) await Promise.all([stopPostgresIn(postgresFolder(folder)), stopRedisIn(redisFolder(folder))]);
  writeStack(folder, { ...record, users: others });
}

async function removeStack(folder: string): Promise<void> {
  await Promise.all([removePostgresIn(postgresFolder(folder)), stopRedisIn(redisFolder(folder))]);
  rmSync(folder, { recursive: true, force: true });
}

/** For a process that ends without `stop`: no waiting is possible here, so the servers are only told to end. */
function endAtExit(folder: string, user: string, { postgres, redis }: Servers): void {
  const others = readStack(folder)?.users.filter((other) => other !== user) ?? [];
  if (others.length > 0) return;
  if (postgres) sendSignal(postgres.pid, 'SIGINT');
  if (redis) sendSignal(redis.pid, 'SIGTERM');
}

function postgresFolder(folder: string): string {
  return join(folder, 'postgres');
}

function redisFolder(folder: string): string {
  return join(folder, 'redis');
}

export interface DevStackOptions extends Pick<StackOptions, 'root' | 'postgres' | 'redis' | 'log'> {
  /** Created when absent. Default: `hub`. */
  database?: string;
}

/** The addresses of what was asked for. */
export interface DevStack {
  databaseUrl: string | null;
  redisUrl: string | null;
  stop(this: void): Promise<void>;
}

/**
 * What the hub uses in development for the addresses it was not given: the persistent stack `dev`. `stop` never takes the
 * servers from another process that uses them too.
 */
export async function openDevStack({ database = 'hub', ...options }: DevStackOptions = {}): Promise<DevStack> {
  const { postgres, redis, stop } = await joinStack({ ...options, name: 'dev', persistent: true });
  try {
    return { databaseUrl: postgres && (await ensureDatabase(postgres.url, database)), redisUrl: redis?.url ?? null, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
