import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AlreadyRunningError, lockAgent } from './agent-lock';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'agent-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('lets one at a time work with a state', () => {
  const state = path.join(folder, 'agent.db');
  const release = lockAgent(state);
  expect(() => lockAgent(state)).toThrow(AlreadyRunningError);
  lockAgent(path.join(folder, 'other.db'))();
  release();
  lockAgent(state)();
});

it('is free again when its process was killed', async () => {
  const file = path.join(folder, 'agent.db.lock');
  const holder = path.join(folder, 'holder.js');
  const libsql = JSON.stringify(require.resolve('libsql'));
  writeFileSync(
    holder,
    `const database = new (require(${libsql}))(${JSON.stringify(file)}); database.exec('begin exclusive'); process.send('held'); setInterval(() => {}, 1000);`,
  );
  const child = fork(holder);
  await once(child, 'message');
  expect(() => lockAgent(path.join(folder, 'agent.db'))).toThrow(AlreadyRunningError);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  lockAgent(path.join(folder, 'agent.db'))();
});
