import type { Entity } from '@repo/contracts/primitives';
import { SourceError } from '../connector';
import { missingColumn } from '../mapping/find-column';
import { compareChanges } from './change-position';
import { compileStatement, type Statement } from './compile-statement';
import type { SqlDriver, SqlResult, SqlValues } from './drivers/driver';
import type { KeyValue } from './sql-cursor';
import type { SqlEntityConfig } from './sql-config';

/** A place in the order of a query: behind this row. `changed` is undefined where the order is that of keys alone. */
export interface Place {
  changed: string | undefined;
  key: readonly KeyValue[];
}

/** A query that gives rows in an order, a page at a time. */
export class SqlPages {
  private readonly statement: Statement;
  private readonly changedColumn: string | undefined;

  constructor(
    private readonly name: 'changed' | 'keys',
    private readonly entity: Entity,
    private readonly config: SqlEntityConfig,
    private readonly driver: SqlDriver,
  ) {
    this.statement = compileStatement(config[name], driver.dialect);
    this.changedColumn = name === 'changed' ? config.changedAt?.column : undefined;
  }

  /** The pages behind a place, each with the place behind it. Every page is a statement of its own: nothing stays open. */
  async *from(start: Place, rows: number, signal: AbortSignal): AsyncGenerator<{ result: SqlResult; last: Place }> {
    for (let place = start; ;) {
      const result = await this.page(place, rows, signal);
      const end = result.rows.at(-1);
      if (end === undefined) return;
      const last = this.placeOf(result.columns)(end);
      this.mustGoOn(place, last);
      yield { result, last };
      if (result.rows.length < rows) return;
      place = last;
    }
  }

  page({ changed, key }: Place, limit: number, signal: AbortSignal): Promise<SqlResult> {
    const after = Object.fromEntries(this.config.key.map((column, index) => [`after.${column}`, key[index] ?? null]));
    const since: SqlValues = changed === undefined ? {} : { since: this.asGiven(changed) };
    const values: SqlValues = { limit, after: key[0] ?? null, ...after, ...since };
    return this.driver.read(this.statement, values, signal);
  }

  /** Finds the place of a row in the columns of the query. @throws SourceError when they are not there, or hold nothing */
  placeOf(columns: readonly string[]): (cells: readonly unknown[]) => Place {
    const at = (column: string) => {
      const place = columns.indexOf(column);
      if (place < 0) throw this.error(missingColumn([column], columns));
      return place;
    };
    const keyAt = this.config.key.map(at);
    const changedAt = this.changedColumn === undefined ? undefined : at(this.changedColumn);
    return (cells) => {
      const key = keyAt.map((place) => this.comparable(cells[place]));
      return { changed: changedAt === undefined ? undefined : String(this.comparable(cells[changedAt])), key };
    };
  }

  /** SQLite takes a number and its text for two things. */
  private asGiven(changed: string): string | bigint {
    return this.config.changedAt?.as === 'time' || this.driver.dialect === 'postgresql' ? changed : BigInt(changed);
  }

  private comparable(value: unknown): KeyValue {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
    throw this.error('the columns that rows are in the order of must hold texts or numbers: leave rows without out, or use coalesce');
  }

  /** A query that does not use its parameters as it should would go round in circles for ever. */
  private mustGoOn(from: Place, to: Place): void {
    const kind = this.config.changedAt?.as ?? 'time';
    const order = from.changed === undefined || to.changed === undefined ? 0 : compareChanges(to.changed, from.changed, kind);
    if (order > 0 || (order === 0 && !isSameKey(from.key, to.key))) return;
    const by = [this.changedColumn, ...this.config.key].filter((column) => column !== undefined).join(', ');
    throw this.error(`does not go on from page to page: it must give what comes behind its parameters, order by ${by}`);
  }

  private error(problem: string): SourceError {
    return new SourceError(`${this.entity}.${this.name}: ${problem}`, false);
  }
}

/** Whether two keys are one. */
export const isSameKey = (a: readonly KeyValue[], b: readonly KeyValue[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);
