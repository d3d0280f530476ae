import { readdir } from 'node:fs/promises';
import { SourceError } from '../../connector';
import { fileError } from './file-error';
import { filePattern } from './file-pattern';
import { readFileState, type FileState } from './file-state';

/** Which files make up an entity, and in which order they are read: later ones win. */
export interface FileChoice {
  /** Names with `*` and `?`. */
  patterns: readonly string[];
  /** `name`: pattern by pattern, by name within each. `time`: by the time of the last change. */
  order: 'name' | 'time';
  /** What is put behind the name of a file, or in place of its extension, when it is written to the end: `.done`. */
  marker: string | undefined;
}

/** The files of a choice in their order. Hidden ones are left out, and those whose marker is missing or older than the file. */
export async function listFiles(folder: string, { patterns, order, marker }: FileChoice): Promise<FileState[]> {
  const names = await namesIn(folder);
  const there = new Map(names.map((name) => [name.toLowerCase(), name]));
  const fits = patterns.map(filePattern);
  const found: { rank: number; file: FileState }[] = [];
  for (const name of names) {
    const rank = fits.findIndex((fit) => fit(name));
    if (rank < 0 || name.startsWith('.') || (marker !== undefined && name.toLowerCase().endsWith(marker.toLowerCase()))) continue;
    const file = await stateOf(folder, name);
    if (file === undefined || (marker !== undefined && !(await isMarked(folder, file, marker, there)))) continue;
    found.push({ rank: order === 'time' ? 0 : rank, file });
  }
  const byName = (a: FileState, b: FileState) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const byTime = (a: FileState, b: FileState) => Number(BigInt(a.changed) - BigInt(b.changed));
  found.sort((a, b) => a.rank - b.rank || (order === 'time' ? byTime(a.file, b.file) : 0) || byName(a.file, b.file));
  return found.map(({ file }) => file);
}

/** The names in a folder. @throws SourceError that says what is wrong with it */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw fileError(`the folder ${folder}`, error);
  }
}

async function stateOf(folder: string, name: string): Promise<FileState | undefined> {
  try {
    return await readFileState(folder, name);
  } catch (error) {
    throw fileError(name, error);
  }
}

/** A marker that is older than its file is that of the file before. */
async function isMarked(folder: string, file: FileState, marker: string, there: ReadonlyMap<string, string>): Promise<boolean> {
  for (const name of [`${file.name}${marker}`, file.name.replace(/\.[^.]*$/, '') + marker]) {
    const real = there.get(name.toLowerCase());
    const mark = real === undefined ? undefined : await stateOf(folder, real);
    if (mark !== undefined && BigInt(mark.changed) >= BigInt(file.changed)) return true;
  }
  return false;
}

/** Nothing of an entity is there, which is not the same as an entity without rows. */
export function noFileError(folder: string, patterns: readonly string[]): SourceError {
  return new SourceError(`no file in ${folder} fits ${patterns.join(', ')}`, true);
}
