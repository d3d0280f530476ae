import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DevStackError } from './errors';

/** Whom to run a server as; empty when the current user will do. */
export interface RunAs {
  uid?: number;
  gid?: number;
}

/**
 * PostgreSQL refuses to run as root. Then it runs as the user whose data it is, else as `postgres`, else as `nobody`,
 * which every system has: nothing is added to the machine's users.
 */
export function unprivilegedUser(existingData: string): RunAs {
  if (process.getuid?.() !== 0) return {};
  const owner = statOrNull(existingData);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new DevStackError('postgres_start_failed', 'PostgreSQL does not run as root: create a user named postgres (`useradd postgres`)');
}

/** Who owns a file and what its mode bits allow. */
export interface FileModes {
  uid: number;
  gid: number;
  mode: number;
}

/** Whether the user may go through every folder above `path` and read (and enter or run) `path` itself, by their modes. */
export function canReach({ uid, gid }: RunAs, path: string, modesOf: (path: string) => FileModes | null = statOrNull): boolean {
  if (uid === undefined) return true;
  const allows = (stats: FileModes, wanted: number) => {
    const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
    return ((stats.mode >> shift) & wanted) === wanted;
  };
  const target = modesOf(path);
  if (target && !allows(target, 0o5)) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const stats = modesOf(folder);
    if (stats && !allows(stats, 0o1)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function statOrNull(path: string): FileModes | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}
