import type { Entity } from '@repo/contracts/primitives';
import { SourceError } from '../connector';
import type { CsvFormat } from './csv-format';
import type { FileState } from './folder/file-state';
import { listFiles, namesIn, type FileChoice } from './folder/list-files';
import { readTableFile, type UseTable } from './read-table-file';
import type { WantedColumns } from './records/detect-delimiter';

const MOST_NAMES = 10;

/** The files of an entity, and how they are read. */
export interface CheckedFiles {
  entity: Entity;
  options: { folder: string };
  choice: FileChoice;
  config: CsvFormat;
  wanted: WantedColumns;
  useTable(file: FileState): UseTable<{ where: string; problem: string | undefined }[]>;
}

/** What is wrong with the files of an entity, in words that say what to do. */
export async function checkFiles(source: CheckedFiles, signal: AbortSignal): Promise<string[]> {
  const { entity, options, choice, config, wanted } = source;
  const files = await listFiles(options.folder, choice);
  if (files.length === 0) return [await nothingFits(source)];
  const problems: string[] = [];
  for (const file of files) {
    try {
      const reading = readTableFile(file, config, wanted, source.useTable(file), signal);
      const first = await reading.next();
      await reading.return('complete');
      if (first.done === true) continue;
      const bad = first.value.find(({ problem }) => problem !== undefined);
      if (first.value.every(({ problem }) => problem !== undefined) && bad !== undefined) {
        problems.push(`${entity}: no line of ${file.name} can be read; ${bad.where}: ${bad.problem}`);
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      problems.push(`${entity}: ${error.message}`);
    }
  }
  return problems;
}

async function nothingFits({ entity, options, choice }: CheckedFiles): Promise<string> {
  const unmarked = await listFiles(options.folder, { ...choice, marker: undefined });
  const wanted = choice.patterns.join(', ');
  if (choice.marker !== undefined && unmarked[0] !== undefined) {
    return `${entity}: ${unmarked[0].name} has no marker ${unmarked[0].name}${choice.marker} that is as new as the file itself: have the export write one, or remove marker`;
  }
  const names = (await namesIn(options.folder)).filter((name) => !name.startsWith('.'));
  const there =
    names.length === 0 ? 'it is empty' : `there is ${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ', …' : ''}`;
  return `${entity}: no file in ${options.folder} fits ${wanted}: correct files (${there})`;
}
