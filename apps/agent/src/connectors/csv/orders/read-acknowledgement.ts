import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SourceError, type OrderOutcome, type OrderReference } from '../../connector';
import type { ColumnName } from '../../mapping/field-rule';
import { findColumn, missingColumn } from '../../mapping/find-column';
import { listFiles } from '../folder/list-files';
import type { FileState } from '../folder/file-state';
import { TableError } from '../open-table';
import { readTableFile } from '../read-table-file';
import { textEncoding } from '../text/text-encoding';
import type { Acknowledgement, AcknowledgementByFile, AcknowledgementByFolder } from './order-config';

/** The file of a job in the outbox, with and without its extension. */
export interface OrderFile {
  file: string;
  name: string;
}

const LONGEST_ERROR = 2000;

/** What the ERP has said of an order so far; undefined when nothing. `settleMs`: how old a file must be to be read. */
export async function readAcknowledgement(
  { kind, ...config }: Acknowledgement,
  order: OrderFile,
  reference: OrderReference,
  settleMs: number,
): Promise<OrderOutcome | undefined> {
  if (kind === 'file') return fromFiles(config as AcknowledgementByFile, order, reference, settleMs);
  if (kind === 'directory') return fromFolders(config as AcknowledgementByFolder, order);
  return undefined;
}

async function fromFiles(
  config: AcknowledgementByFile,
  { name }: OrderFile,
  reference: OrderReference,
  settleMs: number,
): Promise<OrderOutcome | undefined> {
  // A name has no signs that mean something in a pattern.
  const patterns = [config.pattern.replaceAll('{name}', name)];
  let outcome: OrderOutcome | undefined;
  for (const file of await listFiles(config.folder, { patterns, order: 'time', marker: undefined })) {
    if (Date.now() - Number(BigInt(file.changed) / 1_000_000n) < settleMs) continue;
    if (file.bytes === 0 && config.pattern.includes('{name}')) outcome = { status: 'completed', erpReference: null };
    else outcome = (await fromFile(file, config, reference)) ?? outcome;
  }
  return outcome;
}

/** The last line that is about the order decides. */
async function fromFile(file: FileState, config: AcknowledgementByFile, reference: OrderReference): Promise<OrderOutcome | undefined> {
  const { orderColumn, jobColumn, referenceColumn, errorColumn } = config;
  const names = [orderColumn, jobColumn, referenceColumn, errorColumn].flatMap((column) => (column === undefined ? [] : [[column]]));
  const use = (columns: readonly string[]) => {
    const cell = (column: ColumnName | undefined) => {
      const place = column === undefined ? undefined : findColumn(columns, [column]);
      if (column !== undefined && typeof place !== 'number') throw new TableError(place?.problem ?? missingColumn([column], columns));
      return (cells: readonly string[]) => (typeof place === 'number' ? cells[place]?.trim() : undefined);
    };
    const [number, job, erpReference, error] = [cell(orderColumn), cell(jobColumn), cell(referenceColumn), cell(errorColumn)];
    const isOurs = (cells: readonly string[]) =>
      (orderColumn === undefined || number(cells) === reference.orderNumber.trim()) &&
      (jobColumn === undefined || job(cells)?.toLowerCase() === reference.jobId.toLowerCase());
    return (records: readonly { cells?: readonly string[] }[]) =>
      records.flatMap(({ cells }) => (cells !== undefined && isOurs(cells) ? [outcomeOf(erpReference(cells), error(cells))] : []));
  };
  let outcome: OrderOutcome | undefined;
  const wanted = { names, count: config.columns };
  for await (const outcomes of readTableFile(file, config, wanted, use as never)) outcome = (outcomes as OrderOutcome[]).at(-1) ?? outcome;
  return outcome;
}

function outcomeOf(erpReference: string | undefined, error: string | undefined): OrderOutcome {
  if (error !== undefined && error !== '') return { status: 'failed', error: error.slice(0, LONGEST_ERROR), retryable: false };
  return { status: 'completed', erpReference: erpReference === undefined || erpReference === '' ? null : erpReference };
}

async function fromFolders(config: AcknowledgementByFolder, { file, name }: OrderFile): Promise<OrderOutcome | undefined> {
  if (config.failed !== undefined && (await isIn(config.failed, file))) {
    const error = await readError(path.join(config.failed, config.errorFile.replaceAll('{name}', name)));
    return { status: 'failed', error: error ?? `the ERP refused the file ${file} without saying why`, retryable: false };
  }
  return (await isIn(config.done, file)) ? { status: 'completed', erpReference: null } : undefined;
}

const isIn = async (folder: string, file: string) =>
  (await listFiles(folder, { patterns: [file], order: 'name', marker: undefined })).length > 0;

async function readError(file: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(file);
    const [utf8, western] = [textEncoding('utf-8'), textEncoding('windows-1252')];
    const text = utf8?.isSound(bytes, '') === true ? utf8.decode(bytes) : western?.decode(bytes);
    const trimmed = text
      ?.replace(/^\ufeff/, '')
      .trim()
      .slice(0, LONGEST_ERROR);
    return trimmed === '' ? undefined : trimmed;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SourceError(`${file} cannot be read`, true, { cause: error });
  }
}
