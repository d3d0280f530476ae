import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { LedgerRecord, recordsOf } from './ledger-record';
import type { LedgerEntry } from './order-ledger';
import { RecordedLedger } from './recorded-ledger';

export interface FileLedgerOptions {
  /** Jobs that ended so many days ago are dropped when the file is opened; 90 when not said. */
  keepDays?: number;
  /** The time in milliseconds since 1970, for tests. */
  now?: () => number;
}

/** The ledger cannot be used: its file is not one, or could not be written. What was done may not be in it. */
export class LedgerFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LedgerFault';
  }
}

const HEADER = '{"orderLedger":1}\n';
const KEEP_DAYS = 90;
const DAY_MS = 86_400_000;
/** So many more lines than needed, and the file is written anew. */
const MOST_SPARE_LINES = 1_000;

interface Waiting {
  record: LedgerRecord;
  resolve: () => void;
  reject: (error: Error) => void;
}

/**
 * A ledger in a file: one line of JSON a change, on the disk before the change resolves. A last line that a crash cut off never
 * resolved, and is dropped. Only one process at a time may have a file open.
 */
export class FileLedger extends RecordedLedger {
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private fault: LedgerFault | undefined;

  private constructor(private readonly file: FileHandle) {
    super();
  }

  /**
   * Opens a ledger, or makes a new one where there is no file.
   * @throws LedgerFault when a line in it cannot be read, rather than go on without it; errors of the file system
   */
  static async open(name: string, { keepDays = KEEP_DAYS, now = Date.now }: FileLedgerOptions = {}): Promise<FileLedger> {
    const { records, bytes } = readRecords(await readIfThere(name));
    const read = new FileLedger(await open(name, 'a'));
    try {
      for (const record of records) read.apply(record);
      const kept = [...read.entries.values()].filter((entry) => isKept(entry, now() - keepDays * DAY_MS));
      if (bytes === 0 || records.length > 2 * kept.length + MOST_SPARE_LINES || kept.length < read.entries.size) {
        await read.file.close();
        await writeAnew(name, kept);
        return await FileLedger.open(name, { keepDays: Infinity });
      }
      await read.file.truncate(bytes);
      await read.file.sync();
      return read;
    } catch (error) {
      await read.file.close();
      throw error;
    }
  }

  /** Waits for what is being written. Nothing is kept afterwards. */
  async close(): Promise<void> {
    await this.writing;
    this.fault ??= new LedgerFault('the ledger is closed');
    await this.file.close();
  }

  protected record(record: LedgerRecord): Promise<void> {
    if (this.fault !== undefined) return Promise.reject(this.fault);
    return new Promise((resolve, reject) => {
      this.waiting.push({ record, resolve, reject });
      this.writing ??= this.write();
    });
  }

  /** Whatever came while the disk was busy goes with the next turn of it. */
  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const turn = this.waiting;
      this.waiting = [];
      try {
        if (this.fault !== undefined) throw this.fault;
        await this.file.appendFile(turn.map(({ record }) => `${JSON.stringify(record)}\n`).join(''));
        await this.file.datasync();
      } catch (error) {
        // After a failed write nobody knows what is on the disk: only opening the file again tells.
        this.fault ??= new LedgerFault('the ledger could not be written', { cause: error });
        for (const { reject } of turn) reject(this.fault);
        continue;
      }
      for (const { record, resolve } of turn) {
        this.apply(record);
        resolve();
      }
    }
    this.writing = undefined;
  }
}

function isKept({ state, callbackOwed, acceptedAt }: LedgerEntry, since: number): boolean {
  return state.status === 'accepted' || callbackOwed || acceptedAt >= since;
}

async function readIfThere(name: string): Promise<Buffer> {
  try {
    return await readFile(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** The whole lines of a file. `bytes`: up to where they go; 0 for a file that was only begun. */
function readRecords(content: Buffer): { records: LedgerRecord[]; bytes: number } {
  const bytes = content.lastIndexOf('\n') + 1;
  if (bytes === 0) {
    if (HEADER.startsWith(content.toString())) return { records: [], bytes: 0 };
    throw new LedgerFault('the file is no ledger of orders');
  }
  const [header, ...lines] = content.toString('utf8', 0, bytes - 1).split('\n');
  if (`${header}\n` !== HEADER) throw new LedgerFault('the file is no ledger of orders, or of a newer version');
  return { records: lines.map(readLine), bytes };
}

function readLine(line: string, index: number): LedgerRecord {
  try {
    return LedgerRecord.parse(JSON.parse(line));
  } catch (error) {
    throw new LedgerFault(`line ${index + 2} of the ledger cannot be read: restore it before orders go on`, { cause: error });
  }
}

/** Either the old file is there afterwards or the new one, whole. */
async function writeAnew(name: string, entries: readonly LedgerEntry[]): Promise<void> {
  const next = `${name}.next`;
  await rm(next, { force: true });
  const file = await open(next, 'wx');
  try {
    await file.writeFile(
      HEADER +
        entries
          .flatMap(recordsOf)
          .map((record) => `${JSON.stringify(record)}\n`)
          .join(''),
    );
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, name);
  await syncFolder(path.dirname(name));
}

async function syncFolder(name: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(name, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
