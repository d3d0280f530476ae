import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetGuarded } from './guard';

/** Asks `condition` again and again until it holds (true) or `timeoutMs` are over (false). */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs, everyMs = 20 }: { timeoutMs: number; everyMs?: number },
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() >= deadline) return false;
    await sleep(everyMs);
  }
  return true;
}

/** Whether a process runs. A zombie does not: it only waits for a parent that may never ask for its exit code. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return linuxStat(pid)?.state !== 'Z';
}

/** `pid@start`: names one process even after its pid was given to another. Null when no such process runs. */
export function processIdentity(pid: number): string | null {
  if (!isAlive(pid)) return null;
  const start = process.platform === 'linux' ? linuxStat(pid)?.start : startByPs(pid);
  return start ? `${pid}@${start}` : null;
}

/** Whether the process that `processIdentity` named still runs. */
export function isSameProcessAlive(identity: string): boolean {
  return processIdentity(Number.parseInt(identity, 10)) === identity;
}

function linuxStat(pid: number): { state: string; start: string } | null {
  if (process.platform !== 'linux') return null;
  try {
    // The second field is the command in brackets and may itself hold blanks and brackets: count from its end.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', start: fields[19] ?? '' };
  } catch {
    return null;
  }
}

function startByPs(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .replace(/\s+/g, '-');
  } catch {
    return '';
  }
}

/** Sends a signal; false when the process was already gone. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** One request to end: what to send and how long to wait before the next, harder one. */
export interface EndingStep {
  signal: NodeJS.Signals;
  waitMs: number;
}

/** Goes through the steps until the process is gone; true when it is. Wakes a process that was stopped by SIGSTOP. */
export async function endProcess(pid: number, steps: EndingStep[]): Promise<boolean> {
  for (const { signal, waitMs } of steps) {
    sendSignal(pid, signal);
    sendSignal(pid, 'SIGCONT');
    if (await waitUntil(() => !isAlive(pid), { timeoutMs: waitMs })) {
      forgetGuarded(pid);
      return true;
    }
  }
  return !isAlive(pid);
}

/** Ends a child of this process: SIGTERM, and SIGKILL after `graceMs`. Returns its exit code, or null after a signal. */
export async function stopProcess(child: ChildProcess, { graceMs = 10_000 }: { graceMs?: number } = {}): Promise<number | null> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  await endProcess(child.pid, [
    { signal: 'SIGTERM', waitMs: graceMs },
    { signal: 'SIGKILL', waitMs: 5_000 },
  ]);
  await exited;
  return child.exitCode;
}

interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
}

/** Runs a command to its end. Never throws for a failure: `code` is null when it could not be started or died by a signal. */
export async function runCommand(
  command: string,
  args: string[],
  options: RunOptions & { onLine?: (line: string) => void } = {},
): Promise<{ code: number | null; output: string }> {
  const { onLine, ...spawnOptions } = options;
  const child = spawn(command, args, { ...spawnOptions, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (onLine) for (const line of chunk.split('\n').filter((text) => text.trim() !== '')) onLine(line);
    });
  }
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  } catch (error) {
    return { code: null, output: String(error) };
  }
}

/**
 * Starts a server in a session of its own: Ctrl-C in the terminal reaches whoever owns the server, not the server,
 * and its output goes to a file, so that it survives an owner that is killed. Rejects when it cannot be started.
 */
export async function spawnServer(command: string, args: string[], options: RunOptions & { logFile: string }): Promise<number> {
  const { logFile, ...spawnOptions } = options;
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(command, args, { ...spawnOptions, detached: true, stdio: ['ignore', log, log] });
    await once(child, 'spawn');
    child.unref();
    return child.pid as number;
  } finally {
    closeSync(log);
  }
}
