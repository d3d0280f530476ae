import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';

/** The name under which a file is written until it is whole. */
export const temporaryName = (name: string): string => `.${name}.tmp`;

/** Writes a file under its temporary name, onto the disk. */
export async function writeTemporary(folder: string, name: string, content: Buffer): Promise<void> {
  const handle = await open(path.join(folder, temporaryName(name)), 'w', 0o640);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives a file its name: at once and as a whole, or not at all. */
export async function publish(folder: string, name: string): Promise<void> {
  await rename(path.join(folder, temporaryName(name)), path.join(folder, name));
  await syncFolder(folder);
}

/** Makes a folder in one that is there: a share that is away must not come back as a folder of this machine. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Writes a small file whole or not at all. */
export async function writeWhole(folder: string, name: string, content: Buffer): Promise<void> {
  await makeFolder(folder);
  await writeTemporary(folder, name, content);
  await publish(folder, name);
}

/** Moves a file; false when it is not there. */
export async function moveFile(from: string, to: string): Promise<boolean> {
  await makeFolder(path.dirname(to));
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  await syncFolder(path.dirname(from));
  await syncFolder(path.dirname(to));
  return true;
}

/** Brings names onto the disk. Windows does that by itself, and lets nobody open a folder. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
