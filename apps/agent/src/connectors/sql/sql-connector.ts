import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
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
import type { SqlDriver } from './drivers/driver';
import { PostgresDriver } from './drivers/postgres-driver';
import { SqliteDriver } from './drivers/sqlite-driver';
import { SqlDesk } from './orders/sql-desk';
import type { SqlConfig } from './sql-config';
import { SqlRows } from './sql-rows';

const NO_ORDERS: OrderOutcome = {
  status: 'failed',
  error: 'this agent has no statements for orders: configure source.orders',
  retryable: false,
};

/** Reads the tables of an ERP, and writes orders into them. Paths of the configuration are absolute. */
export class SqlConnector implements Connector {
  readonly entities: readonly Entity[];
  private readonly sources = new Map<Entity, SqlRows>();
  private readonly desk: SqlDesk | undefined;

  constructor(
    config: SqlConfig,
    private readonly driver: SqlDriver = driverOf(config),
    now: () => number = Date.now,
  ) {
    for (const entity of ENTITY_LIST) {
      const source = config.entities[entity];
      if (source === undefined) continue;
      const id = createHash('sha256').update(JSON.stringify(source)).digest('hex').slice(0, 16);
      this.sources.set(entity, new SqlRows(entity, source, driver, { pageRows: config.pageRows, id, now }));
    }
    this.entities = [...this.sources.keys()];
    this.desk = config.orders === undefined ? undefined : new SqlDesk(config.orders, driver);
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

  createOrder(order: CalledOrder, reference: OrderReference, signal: AbortSignal): Promise<OrderOutcome> {
    return this.desk?.create(order, reference, signal) ?? Promise.resolve(NO_ORDERS);
  }

  cancelOrder(reference: OrderReference & { erpReference: string | null }, signal: AbortSignal): Promise<OrderOutcome> {
    return this.desk?.cancel(reference, signal) ?? Promise.resolve(NO_ORDERS);
  }

  findOrder(reference: OrderReference, signal: AbortSignal): Promise<OrderOutcome | undefined> {
    return this.desk?.find(reference, signal) ?? Promise.resolve(undefined);
  }

  /** When the database cannot be reached, that is said once and nothing else. */
  async check(signal: AbortSignal): Promise<string[]> {
    try {
      await this.driver.read({ text: 'select 1', names: [] }, {}, signal);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return [error.message];
    }
    const problems: string[] = [];
    for (const source of this.sources.values()) problems.push(...(await source.check(signal)));
    return [...problems, ...((await this.desk?.check(signal)) ?? [])];
  }

  close(): Promise<void> {
    return this.driver.close();
  }

  private source(entity: Entity): SqlRows {
    const source = this.sources.get(entity);
    if (source === undefined) throw new TypeError(`this connector has no ${entity}`);
    return source;
  }
}

function driverOf({ database, timeoutSeconds, lockTimeoutSeconds }: SqlConfig): SqlDriver {
  const timeouts = { statementMs: Math.round(timeoutSeconds * 1000), lockMs: Math.round(lockTimeoutSeconds * 1000) };
  if (database.type === 'sqlite') return new SqliteDriver(database.file, timeouts);
  const { passwordFile } = database;
  const password = passwordFile === undefined ? undefined : () => readPassword(passwordFile);
  return new PostgresDriver({ url: database.url, password, ...timeouts });
}

async function readPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new SourceError(`the password file ${file} cannot be read: correct database.passwordFile`, false, { cause: error });
  }
}
