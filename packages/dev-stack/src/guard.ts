import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Keeps a list of pids, told line by line, and ends those that are on it when the line is cut, which happens however this
 * process ends, also by kill -9.
 */
const GUARD = `
trap '' INT TERM HUP
pids=''
while read -r change pid; do
  rest=''
  for known in $pids; do [ "$known" = "$pid" ] || rest="$rest $known"; done
  pids=$rest
  [ "$change" = '-' ] || pids="$pids $pid"
done
for pid in $pids; do kill -INT "$pid" 2>/dev/null; kill -CONT "$pid" 2>/dev/null; done
`;

let guard: ChildProcess | null = null;
const guarded = new Set<number>();

/** From now on the server ends with this process. One small shell watches for all of them. */
export function endWithThisProcess(pid: number): void {
  guard ??= startGuard();
  guarded.add(pid);
  guard.stdin?.write(`+ ${pid}\n`);
}

/** The process is gone; its pid may go to another program. */
export function forgetGuarded(pid: number): void {
  if (guarded.delete(pid)) guard?.stdin?.write(`- ${pid}\n`);
}

function startGuard(): ChildProcess {
  // In a session of its own: the Ctrl-C that ends this process must not reach the guard.
  const child = spawn('/bin/sh', ['-c', GUARD], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  // Someone who kills the guard takes away the safety, not the work.
  child.stdin.on('error', () => undefined);
  return child;
}
