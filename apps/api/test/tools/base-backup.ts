import { chmodSync, chownSync, copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';

/** What belongs to a running server and not to its data, and what comes from the archive instead. */
const LEFT_OUT = new Set([
  'postmaster.pid',
  'postmaster.opts',
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);

/**
 * A physical backup of a PostgreSQL that goes on writing, by its low-level API: what `pg_basebackup` does, for a server whose
 * version has no such program here. Only whole together with the archive of its write-ahead log.
 */
export async function takeBaseBackup(url: string, dataFolder: string, into: string): Promise<void> {
  // One session from start to stop, or the backup is given up.
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`select pg_backup_start('a test', true)`);
    copyFolder(dataFolder, into);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(true)');
    writeFileSync(path.join(into, 'backup_label'), rows[0]?.labelfile ?? '');
  } finally {
    await client.end();
  }
}

/** Says to a copy of a data folder that it has to recover from an archive up to a restore point, and go on from there. */
export function recoverTo(dataFolder: string, archive: string, restorePoint: string): void {
  const settings = `restore_command = 'cp ${archive}/%f %p'\nrecovery_target_name = '${restorePoint}'\nrecovery_target_action = 'promote'\n`;
  writeFileSync(path.join(dataFolder, 'postgresql.auto.conf'), settings);
  writeFileSync(path.join(dataFolder, 'recovery.signal'), '');
  ownAll(dataFolder, statSync(dataFolder));
}

function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const { uid, gid } = statSync(from);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (LEFT_OUT.has(entry.name)) {
      if (entry.isDirectory()) mkdirSync(target, { mode: 0o700 });
    } else if (entry.isDirectory()) copyFolder(source, target);
    else if (entry.isFile()) copyFile(source, target);
  }
  chownSync(to, uid, gid);
  chmodSync(to, 0o700);
}

/** A table may be dropped while it is copied; the log tells of that. */
function copyFile(source: string, target: string): void {
  try {
    copyFileSync(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** As root files are written for root, and a server that is not root has to read them. */
function ownAll(folder: string, owner: { uid: number; gid: number }): void {
  chownSync(folder, owner.uid, owner.gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) ownAll(at, owner);
    else chownSync(at, owner.uid, owner.gid);
  }
}
