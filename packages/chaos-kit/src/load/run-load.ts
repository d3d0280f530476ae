import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedOrder } from './draw-load';
import type { HubClient } from './hub-client';

/** What clients were told. */
export interface LoadRecord {
  /** Orders that were answered, by their number. */
  placed: Map<string, { id: string; jobId: string }>;
  /** Numbers of orders whose cancel was answered 200. */
  cancelled: Set<string>;
  /** Requests beyond the first of each kind: lost answers, hubs that were down. */
  repeats: number;
  /** Answers that no client should get, in words. */
  refusals: { orderNumber: string; text: string }[];
}

/** Places the orders, cancels those that are to be, each until it is answered. Resolves when every client has its answers. */
export async function runLoad(client: HubClient, planned: readonly PlannedOrder[]): Promise<LoadRecord> {
  const record: LoadRecord = { placed: new Map(), cancelled: new Set(), repeats: 0, refusals: [] };
  const start = performance.now();
  await Promise.all(
    planned.map(async (order) => {
      await sleep(Math.max(0, start + order.atMs - performance.now()));
      try {
        await placeAndCancel(client, order, record);
      } catch (error) {
        record.refusals.push({ orderNumber: order.orderNumber, text: error instanceof Error ? error.message : String(error) });
      }
    }),
  );
  return record;
}

async function placeAndCancel(client: HubClient, order: PlannedOrder, record: LoadRecord): Promise<void> {
  const { vendorId, orderNumber, lines, cancelAfterMs } = order;
  const body = { vendorId, orderNumber, erpCustomerCode: 'C-1', lines };
  const placed = await client.ask('POST', '/api/orders', { body, headers: { 'idempotency-key': orderNumber } });
  record.repeats += placed.asked - 1;
  if (placed.status !== 201 && placed.status !== 200) throw new Error(`placing it gave ${placed.status}: ${JSON.stringify(placed.body)}`);
  const { id, erp } = placed.body as { id: string; erp: { jobId: string } };
  record.placed.set(orderNumber, { id, jobId: erp.jobId });
  if (cancelAfterMs === null) return;
  await sleep(cancelAfterMs);
  const cancel = await client.ask('POST', `/api/orders/${id}/cancel`);
  record.repeats += cancel.asked - 1;
  if (cancel.status === 200) record.cancelled.add(orderNumber);
  // It has failed, or an earlier try of this cancelled it and the answer was lost.
  else if (cancel.status !== 409) throw new Error(`cancelling it gave ${cancel.status}: ${JSON.stringify(cancel.body)}`);
}
