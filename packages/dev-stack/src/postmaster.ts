import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { DevStackError } from './errors';
import { type EndingStep, endProcess, isAlive, sendSignal, waitUntil } from './process';

export type PostgresStopMode = 'fast' | 'immediate' | 'smart';

/** What PostgreSQL itself writes about its running main process. */
export interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

/** Crash recovery after an immediate stop may take this long. */
export const START_TIMEOUT_MS = 120_000;

/** The main process that runs on the data folder, or null. A file left behind by a dead one counts as none. */
export function readPostmaster(data: string): Postmaster | null {
  const lines = readPidFile(data);
  const pid = Number(lines[0]);
  if (!isPid(pid) || !isAlive(pid) || !worksIn(pid, data)) return null;
  return { pid, port: Number(lines[3]), ready: (lines[7] ?? '').startsWith('ready') };
}

/** The same once it has made up its mind to be up or to be gone; one that does neither is ended. */
export async function settledPostmaster(data: string): Promise<Postmaster | null> {
  let found = readPostmaster(data);
  // It may have been stopped by SIGSTOP and its owner killed since.
  if (found) sendSignal(found.pid, 'SIGCONT');
  const settled = await waitUntil(
    async () => {
      found = readPostmaster(data);
      return found === null || (found.ready && (await acceptsSessions(found.port)));
    },
    { timeoutMs: START_TIMEOUT_MS, everyMs: 50 },
  );
  if (settled) return found;
  await stopPostmaster(data, 'immediate');
  return null;
}

const STOPPING: Record<PostgresStopMode, EndingStep[]> = {
  smart: [{ signal: 'SIGTERM', waitMs: 60_000 }],
  fast: [{ signal: 'SIGINT', waitMs: 30_000 }],
  immediate: [],
};

/** Stops what runs on the data folder and waits for its end; a mode that takes too long becomes `immediate`. */
export async function stopPostmaster(data: string, mode: PostgresStopMode): Promise<void> {
  const running = readPostmaster(data);
  if (!running) return;
  const harder: EndingStep[] = [
    { signal: 'SIGQUIT', waitMs: 10_000 },
    { signal: 'SIGKILL', waitMs: 5_000 },
  ];
  if (await endProcess(running.pid, [...STOPPING[mode], ...harder])) return;
  throw new DevStackError('stop_timeout', `PostgreSQL (process ${running.pid}) does not end: end it by hand`);
}

/**
 * PostgreSQL does not start while the pid in its file is alive, even when the pid went to another program since. The file
 * of a dead process stays: by it PostgreSQL finds sessions that outlive their killed main process.
 */
export function clearForeignPidFile(data: string): void {
  const pid = Number(readPidFile(data)[0]);
  if (isPid(pid) && isAlive(pid) && !worksIn(pid, data)) rmSync(join(data, 'postmaster.pid'), { force: true });
}

function readPidFile(data: string): string[] {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    // It goes when the server ends, also between two looks at it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function isPid(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}

/** PostgreSQL's current folder is its data folder. */
function worksIn(pid: number, data: string): boolean {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(data);
  } catch {
    // It ended between two looks, or it is another user's.
    return false;
  }
}

async function acceptsSessions(port: number): Promise<boolean> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return true;
  } catch (error) {
    // All connections taken: it accepts, just not this one.
    return (error as { code?: string }).code === '53300';
  } finally {
    await client.end().catch(() => undefined);
  }
}
