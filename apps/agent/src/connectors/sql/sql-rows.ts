import { KEY_SEPARATOR, type Entity } from '@repo/contracts/primitives';
import { SourceError, type ChangedRows, type Cursor, type SourceKeys, type SourceRecord } from '../connector';
import { compileRow, toSourceRecord, type RowReader } from '../mapping/compile-row';
import { timeReader } from '../mapping/time-format';
import { compareChanges, moveBack } from './change-position';
import { compileStatement, type Statement } from './compile-statement';
import type { SqlDriver, SqlResult, SqlValues } from './drivers/driver';
import { readCursor, writeCursor, type KeyValue, type SqlCursor } from './sql-cursor';
import type { SqlEntityConfig } from './sql-config';
import { isSameKey, SqlPages, type Place } from './sql-pages';

const EARLIEST = { time: '1970-01-01 00:00:00', unixSeconds: '0', unixMilliseconds: '0', counter: '0' } as const;
const KEY_FIELDS: Readonly<Record<Entity, readonly string[]>> = {
  items: ['sku'],
  stock: ['erpWarehouseId', 'sku'],
  warehouses: ['erpWarehouseId'],
};

export interface SqlRowsOptions {
  pageRows: number;
  /** Of the configuration: cursors of another one are not used. */
  id: string;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** The rows of one entity in a database, page by page. */
export class SqlRows {
  private readonly changed: SqlPages;
  private readonly keys: SqlPages;
  private readonly rows: Statement;
  private readonly firstKey: readonly KeyValue[];

  constructor(
    readonly entity: Entity,
    private readonly config: SqlEntityConfig,
    private readonly driver: SqlDriver,
    private readonly options: SqlRowsOptions,
  ) {
    this.changed = new SqlPages('changed', entity, config, driver);
    this.keys = new SqlPages('keys', entity, config, driver);
    this.rows = compileStatement(config.rows, driver.dialect);
    this.firstKey = config.key.map((_, index) => config.firstKey[index] ?? config.firstKey[0] ?? '');
  }

  /** What is read again, from the overlap on, does not bring the cursor back. */
  async *readChanged(cursor: Cursor, signal: AbortSignal): AsyncGenerator<ChangedRows> {
    const before = this.config.changedAt === undefined ? undefined : readCursor(cursor, this.options.id);
    const began = this.options.now();
    let end: Place | undefined;
    for await (const { result, last } of this.changed.from(this.startOf(before), this.options.pageRows, signal)) {
      end = last;
      const reached = this.isBehind(last, before) ? this.cursorAt(last, began) : before;
      yield { records: this.records(result, 'changed'), cursor: reached === undefined ? null : writeCursor(reached) };
    }
    const settled = before === undefined ? undefined : this.settle(before, end, began);
    if (settled !== undefined) yield { records: [], cursor: writeCursor(settled) };
  }

  async *readKeys(signal: AbortSignal): AsyncGenerator<SourceKeys> {
    const start = { changed: undefined, key: this.firstKey };
    for await (const { result } of this.keys.from(start, this.options.pageRows, signal)) {
      const read = this.reader(result, 'keys');
      const keys = result.rows.flatMap((cells) => read(cells).key ?? []);
      yield { keys, unreadable: result.rows.length - keys.length };
    }
  }

  async readRows(keys: readonly string[], signal: AbortSignal): Promise<SourceRecord[]> {
    const records: SourceRecord[] = [];
    for (let at = 0; at < keys.length; at += this.options.pageRows) {
      const values = keyValues(this.entity, keys.slice(at, at + this.options.pageRows));
      records.push(...this.records(await this.driver.read(this.rows, values, signal), 'rows'));
    }
    return records;
  }

  /** What is wrong with the queries: each is asked for a row. */
  async check(signal: AbortSignal): Promise<string[]> {
    const inOrder = async (pages: SqlPages, start: Place) => {
      const result = await pages.page(start, 1, signal);
      pages.placeOf(result.columns);
      return result;
    };
    const queries = [
      ['changed', () => inOrder(this.changed, this.startOf(undefined))],
      ['keys', () => inOrder(this.keys, { changed: undefined, key: this.firstKey })],
      ['rows', () => this.driver.read(this.rows, keyValues(this.entity, []), signal)],
    ] as const;
    const problems: string[] = [];
    for (const [name, ask] of queries) {
      try {
        this.reader(await ask(), name);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        problems.push(error.message.startsWith(`${this.entity}.`) ? error.message : `${this.entity}.${name}: ${error.message}`);
      }
    }
    return problems;
  }

  private startOf(before: SqlCursor | undefined): Place {
    const { changedAt } = this.config;
    if (changedAt === undefined) return { changed: undefined, key: this.firstKey };
    if (before === undefined) return { changed: changedAt.start ?? EARLIEST[changedAt.as], key: this.firstKey };
    if (before.settled) return before;
    return { changed: moveBack(before.changed, changedAt.as, changedAt.overlap), key: this.firstKey };
  }

  private isBehind({ changed }: Place, before: SqlCursor | undefined): boolean {
    if (changed === undefined || this.config.changedAt === undefined) return false;
    return before === undefined || compareChanges(changed, before.changed, this.config.changedAt.as) > 0;
  }

  private cursorAt({ changed = '', key }: Place, reachedAt: number): SqlCursor {
    return { config: this.options.id, changed, key: [...key], reachedAt, settled: false };
  }

  /**
   * The cursor of a run that did not get to a later change; undefined when it stays. A place that has been there for as long as a
   * commit may be late is read behind, not before: else a large change of one moment would be read again and again.
   */
  private settle(before: SqlCursor, end: Place | undefined, began: number): SqlCursor | undefined {
    if (end?.changed !== undefined && this.isBehind(end, before)) return undefined;
    const moved = end?.changed === before.changed && !isSameKey(end.key, before.key);
    if (moved) return this.cursorAt(end, began);
    const isRipe = began - before.reachedAt >= (this.config.changedAt?.overlap ?? 0) * 1000;
    return isRipe && !before.settled ? { ...before, settled: true } : undefined;
  }

  /** @throws SourceError naming the columns that are not there */
  private reader({ columns }: SqlResult, name: 'changed' | 'keys' | 'rows'): RowReader {
    const { fields, cells } = this.config;
    const isWanted = ([field]: [string, unknown]) => name !== 'keys' || KEY_FIELDS[this.entity].includes(field);
    const compiled = compileRow(this.entity, { fields: Object.fromEntries(Object.entries(fields).filter(isWanted)), cells }, columns);
    if ('read' in compiled) return compiled.read;
    throw new SourceError(`${this.entity}.${name}: ${compiled.problems.join('; ')}`, false);
  }

  private records(result: SqlResult, name: 'changed' | 'rows'): SourceRecord[] {
    const read = this.reader(result, name);
    const changedAt = this.changeReader(result.columns);
    return result.rows.map((cells) => {
      const mapped = read(cells);
      const where = mapped.key === null ? `a row of ${this.entity}` : `${this.entity} ${mapped.key.replaceAll(KEY_SEPARATOR, ' / ')}`;
      const record = toSourceRecord(mapped, where);
      return record.kind === 'row' ? { ...record, changedAt: record.changedAt ?? changedAt(cells) } : record;
    });
  }

  private changeReader(columns: readonly string[]): (cells: readonly unknown[]) => Date | undefined {
    const { changedAt } = this.config;
    const place = changedAt === undefined ? -1 : columns.indexOf(changedAt.column);
    if (changedAt === undefined || place < 0 || changedAt.as === 'counter') return () => undefined;
    const format = { time: 'iso', unixSeconds: 'unix', unixMilliseconds: 'unixMillis' }[changedAt.as];
    const read = timeReader({ format, zone: changedAt.zone });
    return (cells) => {
      const time = read(cells[place]);
      return typeof time === 'string' ? new Date(time) : undefined;
    };
  }
}

/** Keys as they are, and for stock in their two parts. */
function keyValues(entity: Entity, keys: readonly string[]): SqlValues {
  const parts = keys.map((key) => key.split(KEY_SEPARATOR));
  if (entity === 'items') return { keys, skus: keys, warehouseIds: [] };
  if (entity === 'warehouses') return { keys, skus: [], warehouseIds: keys };
  return { keys, warehouseIds: parts.map(([warehouse = '']) => warehouse), skus: parts.map(([, sku = '']) => sku) };
}
