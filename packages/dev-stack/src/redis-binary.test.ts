import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../test/owner-process';
import { findRedis } from './redis-binary';

const root = temporaryFolder();
const log = () => undefined;

afterAll(() => rmSync(root, { recursive: true }));

function program(...path: string[]): string {
  const file = join(root, ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '#!/bin/sh\nexit 0\n');
  chmodSync(file, 0o755);
  return file;
}

it('prefers redis-server to valkey-server, wherever on the path they are', async () => {
  const valkey = program('first', 'valkey-server');
  const redis = program('second', 'redis-server');
  const search = { unpackTo: join(root, 'none'), log, isDebian: false };
  expect((await findRedis({ ...search, path: `${join(root, 'first')}:${join(root, 'second')}` })).command).toBe(redis);
  expect((await findRedis({ ...search, path: join(root, 'first') })).command).toBe(valkey);
});

it('uses the server that was unpacked earlier, with its libraries', async () => {
  const server = program('bin', 'unpacked', 'usr', 'bin', 'redis-server');
  const library = program('bin', 'unpacked', 'usr', 'lib', 'some-arch', 'liblzf.so.1');
  const found = await findRedis({ unpackTo: join(root, 'bin'), log, path: '', isDebian: false });
  expect(found.command).toBe(server);
  expect(found.env.LD_LIBRARY_PATH?.split(':')).toContain(join(library, '..'));
});

it('says in one line what to install when there is no way', async () => {
  await expect(findRedis({ unpackTo: join(root, 'none'), log, path: '', isDebian: false })).rejects.toMatchObject({
    code: 'redis_missing',
    message: expect.stringMatching(/^[^\n]*install redis-server or valkey-server[^\n]*REDIS_URL[^\n]*$/),
  });
});
