import { rmSync } from 'node:fs';
import { Client } from 'pg';
import { temporaryFolder } from '../test/owner-process';
import { createDatabase, ensureDatabase } from './databases';
import { isAlive } from './process';
import { redisCommands } from './redis-command';
import { type TestServers, nextRedisUrl, startTestServers } from './test-servers';

const root = temporaryFolder();
const former = { ...process.env };
let servers: TestServers;

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  delete process.env.TEST_DATABASE_URL;
  delete process.env.TEST_REDIS_URL;
  process.env.DEV_STACK_DIR = root;
  servers = await startTestServers();
});

afterAll(async () => {
  await servers.stop();
  for (const name of ['TEST_DATABASE_URL', 'TEST_REDIS_URL', 'DEV_STACK_DIR']) {
    if (former[name] === undefined) delete process.env[name];
    else process.env[name] = former[name];
  }
  rmSync(root, { recursive: true });
});

describe('startTestServers', () => {
  it('trades safety for speed', async () => {
    expect(await query(servers.databaseUrl, 'show fsync')).toEqual(['off']);
  });

  it('uses the servers it is given and leaves them running', async () => {
    process.env.TEST_DATABASE_URL = servers.databaseUrl;
    process.env.TEST_REDIS_URL = servers.redisUrl;
    const given = await startTestServers();
    expect(given).toMatchObject({ databaseUrl: servers.databaseUrl, redisUrl: servers.redisUrl });
    await given.stop();
    expect(await redisCommands(servers.redisUrl, [['PING']])).toEqual(['PONG']);
  });
});

describe('createDatabase', () => {
  it('copies a template, many times at once, and drops a copy that is in use', async () => {
    const template = await createDatabase(servers.databaseUrl);
    await query(template.url, 'create table t as select 1 as n');
    const copies = await Promise.all([1, 2, 3].map(() => createDatabase(servers.databaseUrl, { template: template.name })));
    expect(new Set(copies.map(({ name }) => name)).size).toBe(3);
    for (const copy of copies) {
      const session = new Client({ connectionString: copy.url });
      session.on('error', () => undefined);
      await session.connect();
      expect((await session.query<{ n: number }>('select n from t')).rows).toEqual([{ n: 1 }]);
      await copy.drop();
      await expect(query(copy.url, 'select 1')).rejects.toMatchObject({ code: '3D000' });
    }
    await template.drop();
  });

  it('refuses a name that would not survive in a URL', async () => {
    await expect(createDatabase(servers.databaseUrl, { name: 'a/b' })).rejects.toThrow(TypeError);
  });

  it('ensures a database once, however many ask at once', async () => {
    const urls = await Promise.all([1, 2, 3, 4].map(() => ensureDatabase(servers.databaseUrl, 'once')));
    expect(new Set(urls).size).toBe(1);
    expect(await query(urls[0] ?? '', 'select current_database()')).toEqual(['once']);
  });
});

describe('nextRedisUrl', () => {
  it('hands out another database each time, and never the one it counts in', async () => {
    const urls = await Promise.all(Array.from({ length: 511 }, () => nextRedisUrl(servers.redisUrl)));
    const databases = urls.map((url) => Number(new URL(url).pathname.slice(1)));
    expect(new Set(databases).size).toBe(511);
    expect([Math.min(...databases), Math.max(...databases)]).toEqual([1, 511]);
  });

  it('empties the database it hands out', async () => {
    const [, , database] = await redisCommands(servers.redisUrl, [
      ['SET', 'dev-stack:next-database', '6'],
      ['SELECT', '7'],
      ['SET', 'old', '1'],
    ]);
    expect(database).toBe('OK');
    const url = await nextRedisUrl(servers.redisUrl);
    expect(new URL(url).pathname).toBe('/7');
    expect(await redisCommands(url, [['DBSIZE']])).toEqual([0]);
  });
});

it('stops what it started', async () => {
  delete process.env.TEST_DATABASE_URL;
  process.env.TEST_REDIS_URL = servers.redisUrl;
  const own = await startTestServers();
  expect(own.redisUrl).toBe(servers.redisUrl);
  const [pid] = (await query(own.databaseUrl, 'select pg_backend_pid()')) as [number];
  await own.stop();
  expect(isAlive(pid)).toBe(false);
  await expect(query(own.databaseUrl, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
