import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DevStackError } from './errors';
import { lastLines, logSize, readLogFrom, rotateLog } from './log-file';
import { isPortFree, portInUse } from './ports';
import { endProcess, isAlive, sendSignal, spawnServer, waitUntil } from './process';
import type { RedisBinary } from './redis-binary';
import { redisCommands } from './redis-command';

const DEFAULT_ARGS =
  '--bind 127.0.0.1 --protected-mode yes --daemonize no --databases 512 --maxmemory-policy noeviction --appendonly no'.split(' ');

const START_TIMEOUT_MS = 30_000;

/** Database 0 of the server on the port. */
export function redisUrl(port: number): string {
  return `redis://127.0.0.1:${port}`;
}

/** Starts the server and waits until it answers. Returns its pid. */
export async function launchRedis(dir: string, port: number, { command, env }: RedisBinary, args: string[]): Promise<number> {
  if (!(await isPortFree(port))) throw portInUse(port);
  const logFile = join(dir, 'redis.log');
  rotateLog(logFile);
  const logStart = logSize(logFile);
  // Before the start: whoever finds the folder later finds the server by it, even if this process dies at the next line.
  writeFileSync(portFile(dir), String(port));
  const all = ['--port', String(port), '--dir', dir, '--pidfile', pidFile(dir), ...DEFAULT_ARGS, '--save', '', ...args];
  const pid = await spawnServer(command, all, { env: { ...process.env, ...env }, cwd: dir, logFile }).catch((error: unknown) => {
    throw new DevStackError('redis_start_failed', `${command} cannot be run: reinstall it or set REDIS_URL`, String(error), {
      cause: error,
    });
  });
  let ready = false;
  await waitUntil(
    async () => {
      ready = (await answeringPid(dir, port)) === pid;
      return ready || !isAlive(pid);
    },
    { timeoutMs: START_TIMEOUT_MS },
  );
  if (ready) return pid;
  await endProcess(pid, [{ signal: 'SIGKILL', waitMs: 5_000 }]);
  const said = readLogFrom(logFile, logStart);
  if (/Address already in use/.test(said)) throw portInUse(port);
  throw new DevStackError('redis_start_failed', `Redis did not start, see ${logFile}: ${lastLines(said, 3)}`, said);
}

/** The server that a former owner left running in the folder. */
export async function findRunningRedis(dir: string): Promise<{ port: number; pid: number } | null> {
  const port = readNumber(portFile(dir));
  if (port === null || (await isPortFree(port))) return null;
  const pid = (await answeringPid(dir, port)) ?? (await wakePaused(dir, port));
  return pid === null ? null : { port, pid };
}

/** The pid of the Redis on the port, when it is the one of this folder and ready. */
async function answeringPid(dir: string, port: number): Promise<number | null> {
  try {
    const [info, where] = await redisCommands(redisUrl(port), [['INFO'], ['CONFIG', 'GET', 'dir']], { timeoutMs: 2_000 });
    const ours = Array.isArray(where) && where[1] === dir;
    const pid = Number(/^process_id:(\d+)/m.exec(String(info))?.[1]);
    return ours && !/^loading:1/m.test(String(info)) && pid > 0 ? pid : null;
  } catch {
    // Nobody there, not a Redis, or not ready: all of them mean "not this one, not now".
    return null;
  }
}

/** A server whose owner died while it was paused holds its port but does not answer. */
async function wakePaused(dir: string, port: number): Promise<number | null> {
  const pid = readNumber(pidFile(dir));
  if (pid === null || !isAlive(pid)) return null;
  sendSignal(pid, 'SIGCONT');
  return answeringPid(dir, port);
}

/** Stops the process and waits for its end. */
export async function endRedis(pid: number): Promise<void> {
  const ended = await endProcess(pid, [
    { signal: 'SIGTERM', waitMs: 10_000 },
    { signal: 'SIGKILL', waitMs: 5_000 },
  ]);
  if (!ended) throw new DevStackError('stop_timeout', `Redis (process ${pid}) does not end: end it by hand`);
}

function portFile(dir: string): string {
  return join(dir, 'redis.port');
}

function pidFile(dir: string): string {
  return join(dir, 'redis.pid');
}

function readNumber(file: string): number | null {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || null;
  } catch {
    return null;
  }
}
