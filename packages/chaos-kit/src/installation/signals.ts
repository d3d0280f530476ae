import { execFileSync } from 'node:child_process';
import { endWithThisProcess, forgetGuarded } from '@repo/dev-stack/guard';
import { sendSignal } from '@repo/dev-stack/process';

/** Stops processes as they are. Should this process die meanwhile, they are woken, so that they can end. */
export function pauseProcesses(pids: readonly number[]): void {
  for (const pid of pids) {
    endWithThisProcess(pid);
    sendSignal(pid, 'SIGSTOP');
  }
}

/** Lets them go on. Those that have to end with this process anyway are named in `owned`. */
export function resumeProcesses(pids: readonly number[], owned: readonly number[] = []): void {
  for (const pid of pids) {
    sendSignal(pid, 'SIGCONT');
    if (!owned.includes(pid)) forgetGuarded(pid);
  }
}

/** A process and its children. The sessions of PostgreSQL are such, and go on when only the main process is stopped. */
export function withChildren(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const children = table
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child = 0]) => child);
  return [pid, ...children];
}
