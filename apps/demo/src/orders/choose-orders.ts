import { existsSync } from 'node:fs';
import path from 'node:path';
import { ORDER_FILES, readOrders } from '@repo/sample-data/read-orders';
import { messageOf } from '@repo/terminal/failure';
import { DemoFailure } from '../failures';
import type { PushedVendor } from '../push-catalogue';
import { makeOrders, type OrderToPlace } from './make-orders';

/** Enough of them that each thing that can go wrong does. */
const ORDERS = 200;

/** The orders of a demo, and where they come from, in words. */
export interface ChosenOrders {
  source: string;
  list: OrderToPlace[];
}

/** Real orders when the folder of real catalogues has them, otherwise invented ones for items that are stored; none when none are. */
export async function chooseOrders(folder: string | null, vendors: readonly PushedVendor[]): Promise<ChosenOrders> {
  if (folder !== null && Object.values(ORDER_FILES).every((file) => existsSync(path.join(folder, file)))) {
    const known = new Set(vendors.map(({ session }) => session.vendorId));
    const list = (await firstOf(folder)).filter(({ vendorId }) => known.has(vendorId));
    if (list.length > 0) return { source: `from ${ORDER_FILES.orders}`, list };
  }
  const stocked = vendors.filter(({ samples }) => samples.length > 0);
  const list = stocked.flatMap(({ session, samples }, place) => {
    const many = Math.floor((ORDERS * (place + 1)) / stocked.length) - Math.floor((ORDERS * place) / stocked.length);
    return makeOrders(session.vendorId, samples, many);
  });
  return { source: 'invented restaurants', list };
}

async function firstOf(folder: string): Promise<OrderToPlace[]> {
  const orders: OrderToPlace[] = [];
  try {
    for await (const order of readOrders(folder)) {
      orders.push({ ...order });
      if (orders.length === ORDERS) break;
    }
  } catch (error) {
    throw new DemoFailure(`The orders of --data: ${messageOf(error)}`, { cause: error });
  }
  return orders;
}
