import { access, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CalledOrder } from '@repo/contracts/agent-protocol/calls';
import type { Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';
import {
  SourceError,
  type ChangedRows,
  type Connector,
  type Cursor,
  type OrderOutcome,
  type OrderReference,
  type SourceKeys,
  type SourceRecord,
  type SourceRow,
} from '../../../src/connectors/connector';

/** An ERP that keeps `items.json`, `stock.json` and `warehouses.json` in a folder, and takes orders there as files. */
export class JsonConnector implements Connector {
  readonly entities = ['items', 'stock', 'warehouses'] as const;

  constructor(private readonly folder: string) {}

  /** The cursor is the text that was read: while the file says the same, nothing has changed. A large source would use a hash. */
  async *readChanged(entity: Entity, cursor: Cursor, signal: AbortSignal): AsyncGenerator<ChangedRows> {
    const text = await this.read(entity, signal);
    if (text !== cursor) yield { records: this.records(entity, text), cursor: text };
  }

  async *readKeys(entity: Entity, signal: AbortSignal): AsyncGenerator<SourceKeys> {
    const keys = rowsOf(await this.read(entity, signal)).map((row) => keyOf(entity, row));
    const readable = keys.filter((key) => key !== null);
    yield { keys: readable, unreadable: keys.length - readable.length };
  }

  async readRows(entity: Entity, keys: readonly string[], signal: AbortSignal): Promise<SourceRecord[]> {
    const records = this.records(entity, await this.read(entity, signal));
    return records.filter((record) => record.kind === 'row' && keys.includes(keyOf(entity, record.row) ?? ''));
  }

  /** One file a job, and never a second one: `wx` fails when it is there. */
  async createOrder(order: CalledOrder, { jobId }: OrderReference): Promise<OrderOutcome> {
    try {
      await writeFile(this.orderFile(jobId), JSON.stringify(order), { flag: 'wx' });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw new SourceError('the order cannot be written', true, { cause: error });
    }
    return { status: 'completed', erpReference: jobId };
  }

  /** This ERP cannot: a person has to. */
  cancelOrder(): Promise<OrderOutcome> {
    return Promise.resolve({ status: 'failed', error: 'cancel the order in the ERP', retryable: false });
  }

  async findOrder({ jobId }: OrderReference): Promise<OrderOutcome | undefined> {
    try {
      await access(this.orderFile(jobId));
      return { status: 'completed', erpReference: jobId };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw new SourceError('it cannot be told whether the order is there', true, { cause: error });
    }
  }

  async check(signal: AbortSignal): Promise<string[]> {
    const problems: string[] = [];
    for (const entity of this.entities) {
      await this.read(entity, signal).catch((error: unknown) => problems.push(error instanceof Error ? error.message : String(error)));
    }
    return problems;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async read(entity: Entity, signal: AbortSignal): Promise<string> {
    const file = path.join(this.folder, `${entity}.json`);
    try {
      return await readFile(file, { encoding: 'utf8', signal });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new SourceError(`${file} cannot be read: export it from the ERP`, codeOf(error) !== 'EACCES', { cause: error });
    }
  }

  private records(entity: Entity, text: string): SourceRecord[] {
    return rowsOf(text).map((row, place) =>
      keyOf(entity, row) === null
        ? { kind: 'bad', where: `${entity}.json, row ${place + 1}`, problem: 'has no key' }
        : { kind: 'row', row, changedAt: undefined },
    );
  }

  private orderFile = (jobId: string) => path.join(this.folder, `order-${jobId.replace(/[^\w-]/g, '_')}.json`);
}

const rowsOf = (text: string): SourceRow[] => JSON.parse(text) as SourceRow[];
const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;
