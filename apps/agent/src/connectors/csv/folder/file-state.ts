import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import path from 'node:path';

/** What a file is told by: two of them are the same only when nothing of this differs. */
export interface FileState {
  name: string;
  path: string;
  inode: string;
  bytes: number;
  /** Nanoseconds since 1970, as text. */
  changed: string;
}

const HEAD_BYTES = 16 * 1024;

/** The state of a file from what the system says of it. */
export function fileState(folder: string, name: string, stats: BigIntStats): FileState {
  return { name, path: path.join(folder, name), inode: String(stats.ino), bytes: Number(stats.size), changed: String(stats.mtimeNs) };
}

/** The state of a file now; undefined when it is not there or is no file. */
export async function readFileState(folder: string, name: string): Promise<FileState | undefined> {
  try {
    const stats = await stat(path.join(folder, name), { bigint: true });
    return stats.isFile() ? fileState(folder, name, stats) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether nothing happened to a file between the two. */
export function isSameState(a: FileState | undefined, b: FileState | undefined): boolean {
  return a !== undefined && b !== undefined && a.name === b.name && a.inode === b.inode && a.bytes === b.bytes && a.changed === b.changed;
}

/** A hash of the beginning, for file systems whose times are coarse. */
export async function hashHead(file: FileState): Promise<string> {
  const handle = await open(file.path, 'r');
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, HEAD_BYTES, 0);
    return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex').slice(0, 16);
  } finally {
    await handle.close();
  }
}
