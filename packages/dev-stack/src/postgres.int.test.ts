import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { runInProcess, temporaryFolder } from '../test/owner-process';
import { endWithThisProcess } from './guard';
import { type PostgresServer, removePostgresIn, startPostgres } from './postgres';
import { isAlive, waitUntil } from './process';

async function query(server: PostgresServer, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

describe('startPostgres', () => {
  const root = temporaryFolder();
  const dir = join(root, 'main');
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres({ dir, settings: { work_mem: '5MB', fsync: 'off' }, endWithOwner: true });
    await query(server, 'create table kept (n int)');
  });

  afterAll(async () => {
    await removePostgresIn(dir);
    rmSync(root, { recursive: true });
  });

  const show = async (name: string) => (await query(server, `show ${name}`))[0];

  it('gives a PostgreSQL 18 in UTF-8 and UTC that takes 200 connections, with the settings asked for', async () => {
    expect(await show('server_version')).toMatch(/^18\./);
    expect(await show('server_encoding')).toBe('UTF8');
    expect(await show('timezone')).toBe('UTC');
    expect(await show('max_connections')).toBe('200');
    expect(await show('work_mem')).toBe('5MB');
  });

  it('sorts and folds case alike on every machine', async () => {
    expect(await query(server, `select x from unnest(array['é', 'z', 'B', 'a']) as t(x) order by x`)).toEqual(['B', 'a', 'z', 'é']);
    expect(await query(server, `select upper('épices')`)).toEqual(['ÉPICES']);
  });

  it('keeps port and data over a restart', async () => {
    const { port, pid } = server;
    await query(server, 'insert into kept values (1)');
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
    expect(await query(server, 'select n from kept')).toEqual([1]);
  });

  it('recovers what was committed after an immediate stop', async () => {
    await query(server, 'insert into kept values (2)');
    await server.stop('immediate');
    expect(isAlive(server.pid)).toBe(false);
    await server.restart();
    expect(await query(server, 'select n from kept order by n')).toEqual([1, 2]);
  });

  it('comes back after kill -9 although a session is still at work', async () => {
    const session = new Client({ connectionString: server.url });
    session.on('error', () => undefined);
    await session.connect();
    const work = session.query('select count(*) from generate_series(1, 3000000)').catch(() => undefined);
    server.kill('SIGKILL');
    await server.restart();
    await work;
    await session.end().catch(() => undefined);
    expect(await query(server, 'select count(*)::int from kept')).toEqual([2]);
  });

  it('attaches to a server that already runs on the folder', async () => {
    const second = await startPostgres({ dir });
    expect({ port: second.port, pid: second.pid }).toEqual({ port: server.port, pid: server.pid });
  });

  it('wakes and attaches to a server that was left stopped by SIGSTOP', async () => {
    server.kill('SIGSTOP');
    const second = await startPostgres({ dir });
    expect(await query(second, 'select count(*)::int from kept')).toEqual([2]);
  });

  it('starts although the pid in a stale pid file went to another program', async () => {
    await server.stop();
    writeFileSync(join(server.dir, 'data', 'postmaster.pid'), `${process.pid}\n${join(server.dir, 'data')}\n0\n${server.port}\n`);
    await server.restart();
    expect(await query(server, 'select count(*)::int from kept')).toEqual([2]);
  });

  it('says so when the wanted port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await server.stop();
    await expect(startPostgres({ dir, port })).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining(String(port)),
    });
    other.close();
    await server.restart();
  });

  it('shows the server’s own words when a setting is wrong', async () => {
    await server.stop();
    await expect(startPostgres({ dir, settings: { work_mem: 'much' } })).rejects.toMatchObject({
      code: 'postgres_start_failed',
      message: expect.stringContaining('work_mem'),
    });
    await server.restart();
  });
});

describe('a PostgreSQL whose owner was killed', () => {
  const root = temporaryFolder();
  const dir = join(root, 'main');

  afterAll(async () => {
    await removePostgresIn(dir);
    rmSync(root, { recursive: true });
  });

  it('is taken over with its data by the next start, and stops when told to', async () => {
    const owner = runInProcess(`
      const server = await load('postgres').startPostgres({ dir: ${JSON.stringify(dir)} });
      return { pid: server.pid, port: server.port };`);
    const { pid, port } = (await owner.result) as { pid: number; port: number };
    endWithThisProcess(pid);
    owner.child.kill('SIGKILL');
    await once(owner.child, 'exit');

    const server = await startPostgres({ dir });
    expect({ pid: server.pid, port: server.port }).toEqual({ pid, port });
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    await removePostgresIn(dir);
    expect(existsSync(server.dir)).toBe(false);
  });

  it('ends with its owner when told to, however that ends', async () => {
    const owner = runInProcess(`
      const server = await load('postgres').startPostgres({ dir: ${JSON.stringify(dir)}, endWithOwner: true });
      await server.restart();
      return { pid: server.pid };`);
    const { pid } = (await owner.result) as { pid: number };
    owner.child.kill('SIGKILL');
    expect(await waitUntil(() => !isAlive(pid), { timeoutMs: 10_000 })).toBe(true);
    await removePostgresIn(dir);
  });

  it('leaves nothing of a cluster that was killed while it was being made', async () => {
    const owner = runInProcess(`await load('postgres').startPostgres({ dir: ${JSON.stringify(dir)} });`);
    const died = owner.result.catch(() => 'died');
    await waitUntil(() => existsSync(dir), { timeoutMs: 10_000 });
    owner.child.kill('SIGKILL');
    await died;
    const server = await startPostgres({ dir, endWithOwner: true });
    expect(await query(server, 'select 1')).toEqual([1]);
  });
});
