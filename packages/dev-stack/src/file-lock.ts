import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DevStackError } from './errors';
import { isSameProcessAlive, processIdentity, waitUntil } from './process';

/**
 * Runs `work` while nobody else, in this process or another, does so under the same folder.
 *
 * Node has no flock, so the lock is a row of numbered tickets: the highest counts, it holds its owner's identity and is
 * emptied on release; the ticket of a dead process is void. The next number is taken by `link`, which only one can do,
 * and a ticket is removed only by the owner of a higher one: however slow a process is between looking and taking, it
 * cannot take over a lock that others took and gave back meanwhile.
 */
export async function withFileLock<T>(
  folder: string,
  work: () => Promise<T>,
  { timeoutMs = 300_000, onWait }: { timeoutMs?: number; onWait?: (holderPid: number) => void } = {},
): Promise<T> {
  mkdirSync(folder, { recursive: true });
  let ticket: string | null = null;
  let holderPid: number | null = null;
  await waitUntil(
    () => {
      const attempt = tryToTake(folder);
      ticket = attempt.ticket;
      if (holderPid === null && attempt.holder !== null) onWait?.(Number.parseInt(attempt.holder, 10));
      if (attempt.holder !== null) holderPid = Number.parseInt(attempt.holder, 10);
      return ticket !== null;
    },
    { timeoutMs, everyMs: 50 },
  );
  if (ticket === null) {
    throw new DevStackError('lock_timeout', `Process ${holderPid} has held ${folder} for too long: end it and try again`);
  }
  try {
    return await work();
  } finally {
    release(ticket);
  }
}

function tryToTake(folder: string): { ticket: string | null; holder: string | null } {
  const [highest = 0] = ticketNumbers(folder);
  const holder = readTicket(join(folder, String(highest)));
  if (holder !== '' && isSameProcessAlive(holder)) return { ticket: null, holder };

  const mine = join(folder, String(highest + 1));
  if (!createWhole(mine, processIdentity(process.pid) ?? '')) return { ticket: null, holder: null };
  const [now, ...older] = ticketNumbers(folder);
  if (now !== highest + 1) {
    rmSync(mine, { force: true });
    return { ticket: null, holder: null };
  }
  for (const number of older) rmSync(join(folder, String(number)), { force: true });
  return { ticket: mine, holder: null };
}

/** Creates the file with all its content at once, or not at all when it exists. */
function createWhole(path: string, content: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function release(ticket: string): void {
  try {
    truncateSync(ticket);
  } catch (error) {
    // Whoever deletes the whole data folder deletes the lock with it: that is a release, too.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function ticketNumbers(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);
}

function readTicket(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
