import { listDeadLetters, listSyncJobs, type SyncJob } from '@repo/contracts/operations/delivery-operations';
import { listOrders } from '@repo/contracts/operations/order-operations';
import type { DeadLetterFact, OrderFact } from '@repo/stand-in-erp/check-ledger';
import type { HubClient } from '../hub/hub-client';

/** What the hub says, as anyone may read it over its API. */
export interface HubFacts {
  orders: OrderFact[];
  jobs: SyncJob[];
  openDeadLetters: DeadLetterFact[];
}

type Page<T> = { data: T[]; meta: { totalPages: number } };

export async function readFacts(hub: HubClient, headers: Record<string, string>): Promise<HubFacts> {
  const orders = await everyPage((page) => hub.call(listOrders, { headers, query: { page, limit: '100' } }));
  const jobs = await everyPage((page) => hub.call(listSyncJobs, { headers, query: { page, limit: '100' } }));
  const letters = await everyPage((page) => hub.call(listDeadLetters, { headers, query: { page, limit: '100', resolved: 'false' } }));
  return {
    orders: orders.map(({ id, orderNumber, vendorId, erp }) => ({
      id,
      orderNumber,
      vendorId,
      erpStatus: erp.status,
      erpReference: erp.erpReference,
    })),
    jobs,
    openDeadLetters: letters.map(({ originalJobId, failureCode }) => ({ jobId: originalJobId, failureCode })),
  };
}

async function everyPage<T>(read: (page: string) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const { data, meta } = await read(String(page));
    all.push(...data);
    pages = meta.totalPages;
  }
  return all;
}
