import { randomBytes } from 'node:crypto';
import { redisCommands } from './redis-command';
import { joinStack } from './stack';

/** Where tests find their servers. */
export interface TestServers {
  /** Of a user who may create databases: every test file makes its own (`createDatabase`). */
  databaseUrl: string;
  /** Database 0: every test file takes its own (`nextRedisUrl`). */
  redisUrl: string;
  stop(this: void): Promise<void>;
}

// A test run survives no power cut; without these the disk decides how long it takes.
const FAST_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '4GB',
};

/**
 * The servers that TEST_DATABASE_URL and TEST_REDIS_URL name, which `stop` leaves alone; what is not named is started and
 * goes with `stop`, or with this process.
 */
export async function startTestServers(options: { root?: string; log?: (line: string) => void } = {}): Promise<TestServers> {
  const given = { databaseUrl: process.env.TEST_DATABASE_URL, redisUrl: process.env.TEST_REDIS_URL };
  if (given.databaseUrl && given.redisUrl) {
    return { databaseUrl: given.databaseUrl, redisUrl: given.redisUrl, stop: () => Promise.resolve() };
  }
  const stack = await joinStack({
    ...options,
    name: `test-${process.pid}-${randomBytes(3).toString('hex')}`,
    postgres: !given.databaseUrl,
    redis: !given.redisUrl,
    settings: FAST_SETTINGS,
    endWithOwner: true,
  });
  return {
    databaseUrl: given.databaseUrl ?? stack.postgres?.url ?? '',
    redisUrl: given.redisUrl ?? stack.redis?.url ?? '',
    stop: stack.stop,
  };
}

const COUNTER = 'dev-stack:next-database';

/**
 * A Redis database for one test file, emptied on hand-out: 1 to 511 in turn, counted in database 0, so that files that run
 * side by side do not meet. Channels of publish/subscribe are the server's and are not kept apart.
 */
export async function nextRedisUrl(redisUrl = process.env.TEST_REDIS_URL): Promise<string> {
  if (!redisUrl) throw new Error('TEST_REDIS_URL is not set: start the test servers in globalSetup');
  const [setting, count] = await redisCommands(redisUrl, [
    ['CONFIG', 'GET', 'databases'],
    ['INCR', COUNTER],
  ]);
  const databases = Array.isArray(setting) ? Number(setting[1]) : 16;
  const url = new URL(redisUrl);
  url.pathname = `/${1 + ((Number(count) - 1) % (databases - 1))}`;
  await redisCommands(url.toString(), [['FLUSHDB']]);
  return url.toString();
}
