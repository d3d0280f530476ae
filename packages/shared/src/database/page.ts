import { sql, type SQL } from 'drizzle-orm';
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
