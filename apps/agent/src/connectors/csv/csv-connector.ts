import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CalledOrder } from '@repo/contracts/agent-protocol/calls';
import { ENTITY_LIST, type Entity } from '@repo/contracts/primitives';
import {
  SourceError,
  type ChangedRows,
  type Connector,
  type Cursor,
  type OrderOutcome,
  type OrderReference,
  type SourceKeys,
  type SourceRecord,
} from '../connector';
import type { CsvConfig } from './csv-config';
import type { EntitySource } from './entity-source';
import { FileRows } from './file-rows';
import { FixedRows } from './fixed-rows';
import { fileProblem } from './folder/file-error';
import { FolderWatch } from './folder/folder-watch';
import { OrderDesk } from './orders/order-desk';

/** Many changes at once are one, and whoever asks in a loop cannot keep the disk busy. */
const GATHER_MS = 200;
const NO_ORDERS: OrderOutcome = {
  status: 'failed',
  error: 'this agent has no folder for orders: configure source.orders',
  retryable: false,
};

/** Reads CSV files from a folder and writes orders as files. Paths of the configuration are absolute. */
export class CsvConnector implements Connector {
  readonly entities: readonly Entity[];
  private readonly sources: ReadonlyMap<Entity, EntitySource>;
  private readonly desk: OrderDesk | undefined;
  private readonly watch: FolderWatch;

  constructor(private readonly config: CsvConfig) {
    const { folder, settleSeconds, marker, pollSeconds, orders } = config;
    const sources = new Map<Entity, EntitySource>();
    for (const entity of ENTITY_LIST) {
      const source = config.entities[entity];
      if (source === undefined) continue;
      sources.set(
        entity,
        'rows' in source ? new FixedRows(entity, source) : new FileRows(entity, source, { folder, settleSeconds, marker }),
      );
    }
    this.sources = sources;
    this.entities = [...sources.keys()];
    this.desk = orders === undefined ? undefined : new OrderDesk(orders, settleSeconds * 1000);
    this.watch = new FolderWatch(folder, pollSeconds * 1000);
  }

  readChanged(entity: Entity, cursor: Cursor, signal: AbortSignal): AsyncIterable<ChangedRows> {
    return this.source(entity).readChanged(cursor, signal);
  }

  readKeys(entity: Entity, signal: AbortSignal): AsyncIterable<SourceKeys> {
    return this.source(entity).readKeys(signal);
  }

  readRows(entity: Entity, keys: readonly string[], signal: AbortSignal): Promise<SourceRecord[]> {
    return this.source(entity).readRows(keys, signal);
  }

  createOrder(order: CalledOrder, reference: OrderReference): Promise<OrderOutcome> {
    return this.desk?.create(order, reference) ?? Promise.resolve(NO_ORDERS);
  }

  cancelOrder(reference: OrderReference & { erpReference: string | null }): Promise<OrderOutcome> {
    return this.desk?.cancel(reference) ?? Promise.resolve(NO_ORDERS);
  }

  findOrder(reference: OrderReference): Promise<OrderOutcome | undefined> {
    return this.desk?.find(reference) ?? Promise.resolve(undefined);
  }

  async check(signal: AbortSignal): Promise<string[]> {
    const problems: string[] = [];
    const folder = await folderProblem(this.config.folder);
    if (folder !== undefined) problems.push(folder);
    for (const [entity, source] of this.sources) {
      if (folder !== undefined) break;
      try {
        problems.push(...(await source.check(signal)));
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        problems.push(`${entity}: ${error.message}`);
      }
    }
    return [...problems, ...((await this.desk?.check()) ?? [])];
  }

  /** Nothing is missed between two calls: what counts is whether the files are those that were read. Empty on abort. */
  async changed(signal: AbortSignal): Promise<Entity[]> {
    for (;;) {
      await sleep(GATHER_MS, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      if (signal.aborted) return [];
      const changed = await this.changedEntities();
      if (changed.length > 0) return changed;
      await this.watch.next(signal);
    }
  }

  close(): Promise<void> {
    this.watch.close();
    return Promise.resolve();
  }

  /** A folder that is away for a while has not changed. */
  private async changedEntities(): Promise<Entity[]> {
    const changed: Entity[] = [];
    for (const [entity, source] of this.sources) {
      try {
        if (await source.hasChanged()) changed.push(entity);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
      }
    }
    return changed;
  }

  private source(entity: Entity): EntitySource {
    const source = this.sources.get(entity);
    if (source === undefined) throw new TypeError(`this connector has no ${entity}`);
    return source;
  }
}

async function folderProblem(folder: string): Promise<string | undefined> {
  try {
    return (await stat(folder)).isDirectory() ? undefined : `${folder} is no folder: correct folder`;
  } catch (error) {
    return fileProblem(`the folder ${folder}`, error);
  }
}
