import { chmodSync, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DevStackError } from './errors';
import { type RunAs, canReach } from './unprivileged-user';

/**
 * A folder of ours that any user can reach, for what an unprivileged server must read although the project lies where
 * only root can look. Kept over a reboot where the system has /var/tmp.
 */
export function sharedTempFolder(user: RunAs): string {
  const parent = ['/var/tmp', tmpdir(), '/tmp'].find((folder) => existsSync(folder) && canReach(user, folder)) ?? '/tmp';
  const folder = join(parent, 'erp-sync-hub');
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
  }
  // Everyone may write to the parent: someone else could have put a folder or a link here to have us run their files.
  const stats = lstatSync(folder);
  if (!stats.isDirectory() || stats.uid !== process.getuid?.() || (stats.mode & 0o022) !== 0) {
    throw new DevStackError('unsafe_folder', `${folder} is not a folder that only this user may write to: remove it`);
  }
  return folder;
}
