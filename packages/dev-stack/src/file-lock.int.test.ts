import { once } from 'node:events';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInProcess, temporaryFolder } from '../test/owner-process';
import { withFileLock } from './file-lock';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true }));

it('lets one process at a time through', async () => {
  const folder = join(root, 'busy');
  const counter = join(root, 'counter');
  writeFileSync(counter, '0');
  // Each round reads, yields and writes: any overlap loses a count.
  const processes = [1, 2, 3, 4].map(() =>
    runInProcess(`
      const fs = require('node:fs');
      for (let round = 0; round < 10; round++) {
        await load('file-lock').withFileLock(${JSON.stringify(folder)}, async () => {
          const before = Number(fs.readFileSync(${JSON.stringify(counter)}, 'utf8'));
          await new Promise((resolve) => setTimeout(resolve, 2));
          fs.writeFileSync(${JSON.stringify(counter)}, String(before + 1));
        });
      }`),
  );
  expect(await Promise.all(processes.map(({ result }) => result))).toEqual([{}, {}, {}, {}]);
  for (const { child } of processes) child.kill('SIGKILL');
  expect(readFileSync(counter, 'utf8')).toBe('40');
  expect(readdirSync(folder)).toHaveLength(1);
});

it('is free again after the failure of what it guarded', async () => {
  const folder = join(root, 'failing');
  await expect(withFileLock(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withFileLock(folder, () => Promise.resolve('yes'), { timeoutMs: 0 })).toBe('yes');
});

it('passes from a killed process to the next, and not before', async () => {
  const folder = join(root, 'killed');
  const holder = runInProcess(`
    await new Promise((resolve) => load('file-lock').withFileLock(${JSON.stringify(folder)}, () => { resolve(); return new Promise(() => {}); }));
    return {};`);
  await holder.result;
  const waitedFor: number[] = [];
  const attempt = () => withFileLock(folder, () => Promise.resolve('mine'), { timeoutMs: 200, onWait: (pid) => waitedFor.push(pid) });
  await expect(attempt()).rejects.toMatchObject({ code: 'lock_timeout', message: expect.stringContaining(String(holder.child.pid)) });
  expect(waitedFor).toEqual([holder.child.pid]);

  holder.child.kill('SIGKILL');
  await once(holder.child, 'exit');
  expect(await attempt()).toBe('mine');
});
