import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { type PostgresBinaries, findPostgresBinaries } from './postgres-binaries';
import { sharedTempFolder } from './shared-temp';
import { type RunAs, canReach, unprivilegedUser } from './unprivileged-user';

/** Where a cluster's files are, and as whom its programs run. */
interface ClusterPlace {
  folder: string;
  data: string;
  user: RunAs;
}

/** A place that is ready to run a server in. */
export interface PostgresHome extends ClusterPlace {
  logFile: string;
  bin: string;
}

const WANTED_FILE = 'wanted-path';

/** The place of the cluster that is to live in `wanted`: there, or elsewhere when the server's user cannot get there. */
export function locateCluster(wanted: string): ClusterPlace {
  const direct = resolve(wanted);
  const user = unprivilegedUser(join(direct, 'data'));
  if (canReach(user, direct)) return { folder: direct, data: join(direct, 'data'), user };
  const folder = join(sharedTempFolder(user), `data-${shortHash(direct)}`);
  return { folder, data: join(folder, 'data'), user: unprivilegedUser(join(folder, 'data')) };
}

/** Makes that place and the programs' place ready. */
export function preparePostgresHome(wanted: string): PostgresHome {
  // Before asking who can get there: the folders on the way get their modes now.
  mkdirSync(resolve(wanted), { recursive: true });
  const place = locateCluster(wanted);
  const { folder, user } = place;
  const bin = join(reachableBinaries(findPostgresBinaries(), user), 'bin');
  mkdirSync(folder, { recursive: true });
  if (folder !== resolve(wanted)) writeFileSync(join(folder, WANTED_FILE), resolve(wanted));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  return { ...place, logFile: join(folder, 'postgres.log'), bin };
}

/** Removes all files of a cluster that does not run. */
export function removeCluster(wanted: string): void {
  rmSync(locateCluster(wanted).folder, { recursive: true, force: true });
  rmSync(resolve(wanted), { recursive: true, force: true });
}

/** Homes that were moved to the shared folder for a project that has been deleted since. */
export function orphanedHomes(): string[] {
  const user = unprivilegedUser('');
  if (user.uid === undefined) return [];
  const shared = sharedTempFolder(user);
  return readdirSync(shared)
    .filter((name) => name.startsWith('data-') && existsSync(join(shared, name, WANTED_FILE)))
    .map((name) => join(shared, name))
    .filter((folder) => !existsSync(readFileSync(join(folder, WANTED_FILE), 'utf8')));
}

/** The binaries where the user can run them: in place, else a copy in the shared folder, made once per build. */
function reachableBinaries({ folder, build }: PostgresBinaries, user: RunAs): string {
  if (canReach(user, join(folder, 'bin', 'postgres')) && canReach(user, join(folder, 'lib'))) return folder;
  const shared = sharedTempFolder(user);
  const copy = join(shared, `postgres-${build}`);
  if (existsSync(copy)) return copy;
  const draft = join(shared, `draft-${randomUUID()}`);
  cpSync(folder, draft, { recursive: true, verbatimSymlinks: true });
  openForAll(draft);
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process was faster with the same copy.
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function openForAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openForAll(path);
    else if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
