import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAlive, isSameProcessAlive, processIdentity, runCommand, stopProcess, waitUntil } from './process';

it('tells a process from a later one of the same pid', () => {
  const identity = processIdentity(process.pid) ?? '';
  expect(isSameProcessAlive(identity)).toBe(true);
  expect(isSameProcessAlive(`${process.pid}@another-start`)).toBe(false);
});

it('stops a child that asks for no more than a signal, and returns its exit code', async () => {
  const child = spawn(process.execPath, [
    '-e',
    `process.on('SIGTERM', () => process.exit(7)); console.log(1); setInterval(() => {}, 1000)`,
  ]);
  await once(child.stdout, 'data');
  expect(await stopProcess(child)).toBe(7);
  expect(await stopProcess(child)).toBe(7);
});

it('kills a child that does not hear, also one that is suspended', async () => {
  const child = spawn(process.execPath, ['-e', `process.on('SIGTERM', () => {}); console.log(1); setInterval(() => {}, 1000)`]);
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  expect(await stopProcess(child, { graceMs: 100 })).toBeNull();
  expect(isAlive(child.pid ?? 0)).toBe(false);
});

it('counts a process that nobody has buried as dead', async () => {
  // The shell becomes a program that never asks for the exit of the child it inherited.
  const parent = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 60']);
  const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
  expect(await waitUntil(() => !isAlive(Number(String(pid))), { timeoutMs: 5_000 })).toBe(true);
  await stopProcess(parent);
});

it('returns the output of a command that fails, and of one that does not exist', async () => {
  expect(await runCommand('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3'])).toEqual({
    code: 3,
    output: expect.stringContaining('err'),
  });
  expect(await runCommand('/no/such/program', [])).toEqual({ code: null, output: expect.stringContaining('ENOENT') });
});
