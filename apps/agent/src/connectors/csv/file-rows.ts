import type { Entity } from '@repo/contracts/primitives';
import { SourceError, type ChangedRows, type Cursor, type SourceKeys, type SourceRecord } from '../connector';
import { compileRow, toSourceRecord, type MappedRecord } from '../mapping/compile-row';
import { columnsOf } from '../mapping/find-column';
import type { FilesConfig } from './csv-config';
import { fingerprint, readCursor, writeCursor, type ReadFile } from './csv-cursor';
import type { EntitySource } from './entity-source';
import { checkFiles } from './check-files';
import { fileError } from './folder/file-error';
import { hashHead, readFileState, type FileState } from './folder/file-state';
import { listFiles, noFileError, type FileChoice } from './folder/list-files';
import { SettledFiles } from './folder/settled-files';
import { waitForFiles } from './folder/wait-for-files';
import { TableError } from './open-table';
import type { WantedColumns } from './records/detect-delimiter';
import { readTableFile, type UseTable } from './read-table-file';

/** How often a file is begun again that is replaced while it is read. */
const MOST_TRIES = 3;
const PART_ROWS = 1000;

/** A line of a file, read as well as it can be. */
export interface ReadLine extends MappedRecord {
  where: string;
}

export interface FolderOptions {
  folder: string;
  settleSeconds: number;
  marker: string | undefined;
}

/** The rows of the files of one entity, each file read as a stream. Several files are one after the other, later rows win. */
export class FileRows implements EntitySource {
  readonly choice: FileChoice;
  readonly wanted: WantedColumns;
  private readonly settled: SettledFiles;
  private readonly id: string;
  private seen = signature([]);

  constructor(
    readonly entity: Entity,
    readonly config: FilesConfig,
    readonly options: FolderOptions,
  ) {
    this.choice = { patterns: config.files, order: config.order, marker: options.marker };
    this.wanted = { names: Object.values(config.fields).flatMap(columnsOf), count: config.columns };
    this.settled = new SettledFiles(options.settleSeconds * 1000);
    this.id = fingerprint(config);
  }

  /** From the first changed file on, all files are read: what stands in later ones must win again. */
  async *readChanged(cursor: Cursor, signal: AbortSignal): AsyncGenerator<ChangedRows> {
    const { files } = await waitForFiles(this.options.folder, this.choice, this.settled, signal);
    this.seen = signature(files);
    const known = readCursor(cursor, this.id);
    const done: ReadFile[] = [];
    let changed = false;
    for (const file of files) {
      const before = known.get(file.name);
      if (!changed && before !== undefined && (await isAsRead(file, before))) {
        done.push(before);
        continue;
      }
      changed = true;
      const soFar = writeCursor(this.id, done);
      for await (const part of this.parts(file, done, signal)) yield { records: part, cursor: soFar };
      yield { records: [], cursor: writeCursor(this.id, done) };
    }
    const end = writeCursor(this.id, done);
    if (!changed && end !== cursor) yield { records: [], cursor: end };
  }

  async *readKeys(signal: AbortSignal): AsyncGenerator<SourceKeys> {
    for (const file of await this.allFiles(signal)) {
      for await (const lines of this.lines(file, [], signal)) {
        const keys = lines.flatMap(({ key }) => (key === null ? [] : [key]));
        yield { keys, unreadable: lines.length - keys.length };
      }
    }
  }

  async readRows(keys: readonly string[], signal: AbortSignal): Promise<SourceRecord[]> {
    const wanted = new Set(keys);
    const found = new Map<string, SourceRecord>();
    let illegible: SourceRecord | undefined;
    for (const file of await this.allFiles(signal)) {
      for await (const lines of this.lines(file, [], signal)) {
        for (const line of lines) {
          if (line.key === null) illegible ??= toSourceRecord(line, line.where);
          else if (wanted.has(line.key)) found.set(line.key, toSourceRecord(line, line.where));
        }
      }
    }
    return illegible === undefined ? [...found.values()] : [...found.values(), illegible];
  }

  async check(signal: AbortSignal): Promise<string[]> {
    return checkFiles(this, signal);
  }

  async hasChanged(): Promise<boolean> {
    return signature(await listFiles(this.options.folder, this.choice)) !== this.seen;
  }

  /** What makes rows of the records of this file. @throws TableError naming the columns that are not there */
  useTable(file: FileState): UseTable<ReadLine[]> {
    return (columns) => {
      const compiled = compileRow(this.entity, this.config, columns);
      if ('problems' in compiled) throw new TableError(`cannot be read: ${compiled.problems.join('; ')}`);
      return (records) =>
        records.map((record) => {
          const where = `${file.name} line ${record.line}`;
          return 'problem' in record ? { row: {}, key: null, problem: record.problem, where } : { ...compiled.read(record.cells), where };
        });
    };
  }

  /** All files, or none: while one is missing or being written, what stands in the others is not all there is. */
  private async allFiles(signal: AbortSignal): Promise<FileState[]> {
    const { files, all } = await waitForFiles(this.options.folder, this.choice, this.settled, signal);
    if (!all) throw new SourceError(`a file of ${this.entity} in ${this.options.folder} is being written`, true);
    if (files.length === 0) throw noFileError(this.options.folder, this.choice.patterns);
    return files;
  }

  private async *parts(file: FileState, done: ReadFile[], signal: AbortSignal): AsyncGenerator<SourceRecord[]> {
    for await (const lines of this.lines(file, done, signal)) {
      for (let at = 0; at < lines.length; at += PART_ROWS) {
        yield lines.slice(at, at + PART_ROWS).map((line) => toSourceRecord(line, line.where));
      }
    }
  }

  /** The lines of a file, from the start again when it was replaced meanwhile; it is added to `done` in the state that was read. */
  private async *lines(first: FileState, done: ReadFile[], signal: AbortSignal): AsyncGenerator<ReadLine[]> {
    let file: FileState | undefined = first;
    for (let tries = 0; tries < MOST_TRIES && file !== undefined; tries++) {
      const head = await headOf(file);
      if (head !== undefined && (yield* readTableFile(file, this.config, this.wanted, this.useTable(file), signal)) === 'complete') {
        done.push({ name: file.name, inode: file.inode, bytes: file.bytes, changed: file.changed, head });
        return;
      }
      await waitForFiles(this.options.folder, this.choice, this.settled, signal);
      file = await readFileState(this.options.folder, first.name);
    }
    throw new SourceError(`${first.name} ${file === undefined ? 'has gone' : 'is written again and again'} while it is read`, true);
  }
}

const signature = (files: readonly FileState[]) =>
  JSON.stringify(files.map(({ name, inode, bytes, changed }) => [name, inode, bytes, changed]));

async function isAsRead(file: FileState, before: ReadFile): Promise<boolean> {
  if (file.inode !== before.inode || file.bytes !== before.bytes || file.changed !== before.changed) return false;
  return (await headOf(file)) === before.head;
}

/** Undefined when the file is gone. */
async function headOf(file: FileState): Promise<string | undefined> {
  try {
    return await hashHead(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(file.name, error);
  }
}
