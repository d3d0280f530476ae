import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { type OwnerProcess, runInProcess, temporaryFolder } from '../test/owner-process';
import { endWithThisProcess } from './guard';
import { isAlive, waitUntil } from './process';
import { openDevStack, startStack } from './stack';

interface Pids {
  postgres: number;
  redis: number;
}

const root = temporaryFolder();
const data = join(root, '.data');
// The disk would take most of the time; nothing here survives a power cut anyway.
const settings = { fsync: 'off' };
const formerFolder = process.env.DEV_STACK_DIR;

beforeAll(() => {
  process.env.DEV_STACK_DIR = data;
});

afterAll(() => {
  if (formerFolder === undefined) delete process.env.DEV_STACK_DIR;
  else process.env.DEV_STACK_DIR = formerFolder;
  rmSync(root, { recursive: true });
});

function stackInProcess(options: { name: string; persistent?: boolean }): OwnerProcess {
  return runInProcess(`
    const stack = await load('stack').startStack(${JSON.stringify({ ...options, settings })});
    return { postgres: stack.postgres.pid, redis: stack.redis.pid };`);
}

async function killed(owner: OwnerProcess): Promise<Pids> {
  const pids = (await owner.result) as unknown as Pids;
  endWithThisProcess(pids.postgres);
  endWithThisProcess(pids.redis);
  owner.child.kill('SIGKILL');
  await once(owner.child, 'exit');
  return pids;
}

it('runs one pair of servers for two processes that start the same stack at once, until both have left', async () => {
  const [first, second] = [1, 2].map(() => stackInProcess({ name: 'shared', persistent: true })) as [OwnerProcess, OwnerProcess];
  const third = startStack({ name: 'shared', persistent: true, settings });
  const [one, two] = await Promise.all([first.result, second.result]);
  const stack = await third;
  const pids = { postgres: stack.postgres.pid, redis: stack.redis.pid };
  expect([one, two]).toEqual([pids, pids]);

  await killed(first);
  await stack.stop();
  expect([isAlive(pids.postgres), isAlive(pids.redis)]).toEqual([true, true]);
  await killed(second);
  const last = await startStack({ name: 'shared', persistent: true, settings });
  expect(last.postgres.pid).toBe(pids.postgres);
  await last.stop();
  expect([isAlive(pids.postgres), isAlive(pids.redis)]).toEqual([false, false]);

  const again = await startStack({ name: 'shared', persistent: true, settings });
  expect([again.databaseUrl, again.redisUrl]).toEqual([stack.databaseUrl, stack.redisUrl]);
  await again.stop();
});

it('removes the data of a stack that is not persistent when it stops', async () => {
  const stack = await startStack({ name: 'passing', settings });
  await Promise.all([stack.stop(), stack.stop()]);
  expect([isAlive(stack.postgres.pid), isAlive(stack.redis.pid)]).toEqual([false, false]);
  expect([existsSync(join(data, 'passing')), existsSync(stack.postgres.dir)]).toEqual([false, false]);
});

it('ends what a killed process left behind with the next start of any stack', async () => {
  const left = await killed(stackInProcess({ name: 'left-behind' }));
  expect([isAlive(left.postgres), isAlive(left.redis)]).toEqual([true, true]);
  const stack = await startStack({ name: 'next', settings });
  expect([isAlive(left.postgres), isAlive(left.redis)]).toEqual([false, false]);
  expect(readdirSync(data)).not.toContain('left-behind');
  await stack.stop();
});

it('ends the servers of a process that ends without stopping them', async () => {
  const owner = runInProcess(`
    const stack = await load('stack').startStack({ name: 'forgotten' });
    process.once('SIGTERM', () => process.exit(0));
    return { postgres: stack.postgres.pid, redis: stack.redis.pid };`);
  const pids = (await owner.result) as unknown as Pids;
  owner.child.kill('SIGTERM');
  await once(owner.child, 'exit');
  const gone = () => !isAlive(pids.postgres) && !isAlive(pids.redis);
  expect(await waitUntil(gone, { timeoutMs: 10_000 })).toBe(true);
});

it('gives the hub its database, kept from one run to the next, and only the server it asks for', async () => {
  const run = async <T extends object>(sql: string): Promise<T[]> => {
    const stack = await openDevStack({ root, redis: false });
    expect(stack.redisUrl).toBeNull();
    const client = new Client({ connectionString: stack.databaseUrl ?? '' });
    await client.connect();
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
      await stack.stop();
    }
  };
  expect(await run('select current_database() as name')).toEqual([{ name: 'hub' }]);
  await run('create table kept as select 1 as n');
  expect(await run('select n from kept')).toEqual([{ n: 1 }]);

  const onlyRedis = await openDevStack({ root, postgres: false });
  expect(onlyRedis).toMatchObject({ databaseUrl: null, redisUrl: expect.stringContaining('redis://127.0.0.1') });
  await onlyRedis.stop();
});
