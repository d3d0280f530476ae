import { and, desc, sql, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Executor } from './connect';

/** Totals stop counting here. */
export const MOST_COUNTED = 10_000;

/** Which page of a list. */
export interface PageRequest {
  page: number;
  limit: number;
}

/** A page as the API replies it. */
export interface Page<T> {
  data: T[];
  meta: PageRequest & { total: number; totalPages: number };
}

/** A table whose ids carry the time: the newest row has the highest. */
type NewestById = PgTable & { id: PgColumn };

/** A page of the rows of a table that are `where`, newest first. */
export async function listNewest<T extends NewestById>(
  executor: Executor,
  table: T,
  where: SQL | undefined,
  page: PageRequest,
): Promise<Page<T['$inferSelect']>> {
  // Drizzle takes no table whose columns it does not know.
  const plain: NewestById = table;
  const rows = await executor
    .select()
    .from(plain)
    .where(onPage(table, where, page))
    .orderBy(desc(table.id))
    .limit(page.limit);
  const total = await countUpTo(executor, sql`select ${fromRows(table, where)}`);
  return pageOf(rows as T['$inferSelect'][], total, page);
}

/**
 * Whether a row is on a page of those that are `where`, newest first; to be ordered and limited so. The ids of the page are found by
 * themselves: what comes before it is passed over in an index that has all that `where` asks for, and only the page is read from the
 * table. An array, not a join: the planner would walk along the whole table to meet them whenever it is told not to sort.
 */
export function onPage(table: NewestById, where: SQL | undefined, { page, limit }: PageRequest): SQL | undefined {
  const offset = (page - 1) * limit;
  const ids = sql`select ${table.id} ${fromRows(table, where)} order by ${desc(table.id)} limit ${limit} offset ${offset}`;
  return and(where, sql`${table.id} = any(array(${ids}))`);
}

/** The end of a select of the rows of a table that are `where`. */
export function fromRows(table: PgTable, where: SQL | undefined): SQL {
  return where === undefined ? sql`from ${table}` : sql`from ${table} where ${where}`;
}

/** How many rows `query` (a whole select) gives, counted up to {@link MOST_COUNTED}. */
export async function countUpTo(executor: Executor, query: SQL): Promise<number> {
  const { rows } = await executor.execute<{ total: string }>(
    sql`select count(*) as total from (select from (${query}) as counted limit ${MOST_COUNTED}) as bounded`,
  );
  return Number(rows[0]?.total ?? 0);
}

/** Puts rows and their total together to a page. */
export function pageOf<T>(data: T[], total: number, { page, limit }: PageRequest): Page<T> {
  return { data, meta: { page, limit, total, totalPages: Math.ceil(total / limit) } };
}
