import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { SourceError } from '../connector';
import type { CsvFormat } from './csv-format';
import { fileError } from './folder/file-error';
import { fileState, isSameState, readFileState, type FileState } from './folder/file-state';
import { openTable, TableError, type Table } from './open-table';
import type { WantedColumns } from './records/detect-delimiter';
import type { ReadRecord } from './records/record-reader';

/** How a file was read: to the end, or not as what it had been chosen for, since it has changed or is gone. */
export type ReadEnd = 'complete' | 'replaced';

/** What is done with a table: takes its columns, gives the records back. @throws TableError when columns are missing */
export type UseTable<T> = (columns: readonly string[]) => (records: readonly ReadRecord[]) => T;

/** Reads a file in the state in which it was chosen, and tells at the end whether it was that state that was read. */
export async function* readTableFile<T>(
  file: FileState,
  format: CsvFormat,
  wanted: WantedColumns,
  use: UseTable<T>,
  signal?: AbortSignal,
): AsyncGenerator<T, ReadEnd> {
  let handle: FileHandle;
  try {
    handle = await open(file.path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'replaced';
    throw fileError(file.name, error);
  }
  try {
    if (!isSameState(file, await stateOf(file, handle))) return 'replaced';
    const table = await withReason(file, handle, () => openTable({ handle, bytes: file.bytes }, format, wanted, signal));
    if (table === 'replaced') return 'replaced';
    const take = await withReason(file, handle, () => Promise.resolve(use(table.columns)));
    if (take === 'replaced') return 'replaced';
    yield* recordsOf(table, take);
    return (await isUnchanged(file, handle)) ? 'complete' : 'replaced';
  } catch (error) {
    throw fileError(file.name, error);
  } finally {
    await handle.close();
  }
}

async function* recordsOf<T>(table: Table, take: (records: readonly ReadRecord[]) => T): AsyncGenerator<T> {
  for await (const records of table.records) if (records.length > 0) yield take(records);
}

/** A table that cannot be read as a whole is an error of the source, unless it was written to meanwhile. */
async function withReason<T>(file: FileState, handle: FileHandle, act: () => Promise<T>): Promise<T | 'replaced'> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    if (!(await isUnchanged(file, handle))) return 'replaced';
    throw new SourceError(`${file.name} ${error.message}`, false, { cause: error });
  }
}

const stateOf = async (file: FileState, handle: FileHandle) =>
  fileState(path.dirname(file.path), file.name, await handle.stat({ bigint: true }));

/** Neither was the open file written to, nor has another taken its name. */
async function isUnchanged(file: FileState, handle: FileHandle): Promise<boolean> {
  const [here, there] = [await stateOf(file, handle), await readFileState(path.dirname(file.path), file.name)];
  return isSameState(file, here) && isSameState(file, there);
}
