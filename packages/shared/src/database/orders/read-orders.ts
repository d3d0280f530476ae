import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import type { ErpStatus, Order } from '@repo/contracts/operations/order-operations';
import type { Db, Executor } from '../connect';
import { countUpTo, fromRows, onPage, pageOf, type Page, type PageRequest } from '../page';
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

/**
 * A page of orders with their lines, newest first: one statement for the orders, one that counts them, on one snapshot.
 * Takes no transaction of the caller's: it tells the planner how to read.
 */
export function listOrders(db: Db, filter: OrderFilter, page: PageRequest): Promise<Page<Order>> {
  const where = and(
    filter.vendorId === undefined ? undefined : eq(orders.vendorId, filter.vendorId),
    filter.erpStatus === undefined ? undefined : eq(orders.erpStatus, filter.erpStatus),
  );
  return db.transaction(
    async (tx) => {
      // Every other list has an index in its order; but the planner sorts a whole vendor that its statistics take for small.
      const sorts = filter.erpStatus !== undefined && filter.vendorId === undefined;
      if (!sorts) await tx.execute(sql`set local enable_sort = off`);
      const data = await read(
        tx,
        sql`select * from ${orders} where ${onPage(orders, where, page)} order by ${desc(orders.id)} limit ${page.limit}`,
      );
      return pageOf(data, await countUpTo(tx, sql`select ${fromRows(orders, where)}`), page);
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/** The orders that a select of whole rows gives, newest first. */
async function read(executor: Executor, which: SQL): Promise<Order[]> {
  const { rows } = await executor.execute<{ shown: Order }>(sql`
    select ${sql.raw(ORDER_JSON)} as shown from (${which}) as placed ${sql.raw(JOIN_ORDER_PARTS)} order by placed.id desc`);
  return rows.map(({ shown }) => shown);
}
