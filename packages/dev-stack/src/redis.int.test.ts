import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runInProcess, temporaryFolder } from '../test/owner-process';
import { endWithThisProcess } from './guard';
import { isAlive } from './process';
import { type RedisServer, startRedis, stopRedisIn } from './redis';
import { redisCommands } from './redis-command';

const root = temporaryFolder();
const started: RedisServer[] = [];

async function start(name: string, args?: string[]): Promise<RedisServer> {
  const server = await startRedis({ dir: join(root, name), args, endWithOwner: true });
  started.push(server);
  return server;
}

afterAll(async () => {
  for (const server of started) await server.stop();
  rmSync(root, { recursive: true });
});

it('gives an empty Redis that evicts nothing and has 512 databases', async () => {
  const server = await start('plain');
  expect(
    await redisCommands(server.url, [
      ['CONFIG', 'GET', 'maxmemory-policy'],
      ['CONFIG', 'GET', 'save'],
      ['CONFIG', 'GET', 'bind'],
      ['SELECT', '511'],
      ['DBSIZE'],
    ]),
  ).toEqual([['maxmemory-policy', 'noeviction'], ['save', ''], ['bind', '127.0.0.1'], 'OK', 0]);
});

it('restarts empty on the same port', async () => {
  const server = await start('restarts');
  const { port, pid } = server;
  await redisCommands(server.url, [['SET', 'key', 'value']]);
  await server.restart();
  expect(server.port).toBe(port);
  expect(isAlive(pid)).toBe(false);
  expect(await redisCommands(server.url, [['GET', 'key']])).toEqual([null]);
});

it('keeps its data over kill -9 when told to keep an append-only file', async () => {
  const server = await start('append-only', ['--appendonly', 'yes', '--appendfsync', 'always']);
  await redisCommands(server.url, [['SET', 'key', 'value']]);
  server.kill('SIGKILL');
  await server.restart();
  expect(await redisCommands(server.url, [['GET', 'key']])).toEqual(['value']);
});

it('hangs while it is paused, goes on when resumed, and stops even while paused', async () => {
  const server = await start('paused');
  server.pause();
  await expect(redisCommands(server.url, [['PING']], { timeoutMs: 200 })).rejects.toMatchObject({ code: 'redis_command_failed' });
  server.resume();
  expect(await redisCommands(server.url, [['PING']])).toEqual(['PONG']);
  server.pause();
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
});

it('takes over a server whose owner was killed, also a paused one', async () => {
  const dir = join(root, 'orphan');
  const owner = runInProcess(`
    const server = await load('redis').startRedis({ dir: ${JSON.stringify(dir)} });
    return { pid: server.pid, port: server.port };`);
  const { pid, port } = (await owner.result) as { pid: number; port: number };
  endWithThisProcess(pid);
  process.kill(pid, 'SIGSTOP');
  owner.child.kill('SIGKILL');
  await once(owner.child, 'exit');

  const server = await start('orphan');
  expect({ pid: server.pid, port: server.port }).toEqual({ pid, port });
  await stopRedisIn(dir);
  expect(isAlive(pid)).toBe(false);
});

it('starts beside a stranger that took the port of its last run', async () => {
  const server = await start('displaced');
  await server.stop();
  const stranger = await startRedis({ dir: join(root, 'stranger'), port: server.port, endWithOwner: true });
  started.push(stranger);
  const again = await start('displaced');
  expect(again.port).not.toBe(stranger.port);
  expect(isAlive(stranger.pid)).toBe(true);
});

it('shows the server’s own words when an argument is wrong', async () => {
  await expect(start('wrong', ['--maxmemory-policy', 'whatever'])).rejects.toMatchObject({
    code: 'redis_start_failed',
    message: expect.stringContaining('maxmemory-policy'),
  });
});
