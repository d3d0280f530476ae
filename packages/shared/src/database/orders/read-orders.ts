import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import type { ErpStatus, Order } from '@repo/contracts/operations/order-operations';
import type { Executor } from '../connect';
import { countUpTo, pageOf, type Page, type PageRequest } from '../page';
import { orders } from '../schema/orders';
import { JOIN_ORDER_PARTS, ORDER_JSON } from './order-json';

/** Which orders to list; what is undefined does not matter. */
export interface OrderFilter {
  vendorId?: string | undefined;
  erpStatus?: ErpStatus | undefined;
}

/** An order with its lines, by its bare id; null where there is none. */
export async function findOrder(executor: Executor, id: string): Promise<Order | null> {
  const [order] = await read(executor, sql`select * from ${orders} where ${orders.id} = ${id} limit 1`);
  return order ?? null;
}

/** A page of orders with their lines, newest first, in one statement; another counts them. */
export async function listOrders(executor: Executor, filter: OrderFilter, page: PageRequest): Promise<Page<Order>> {
  const where = and(
    filter.vendorId === undefined ? undefined : eq(orders.vendorId, filter.vendorId),
    filter.erpStatus === undefined ? undefined : eq(orders.erpStatus, filter.erpStatus),
  );
  const matching = where === undefined ? sql`from ${orders}` : sql`from ${orders} where ${where}`;
  const offset = (page.page - 1) * page.limit;
  const data = await read(executor, sql`select * ${matching} order by ${desc(orders.id)} limit ${page.limit} offset ${offset}`);
  return pageOf(data, await countUpTo(executor, sql`select ${matching}`), page);
}

/** The orders that a select of whole rows gives, newest first. */
async function read(executor: Executor, which: SQL): Promise<Order[]> {
  const { rows } = await executor.execute<{ shown: Order }>(sql`
    select ${sql.raw(ORDER_JSON)} as shown from (${which}) as placed ${sql.raw(JOIN_ORDER_PARTS)} order by placed.id desc`);
  return rows.map(({ shown }) => shown);
}
