import { listSyncJobs, type SyncJob } from '@repo/contracts/operations/delivery-operations';
import { listOrders, type ErpStatus } from '@repo/contracts/operations/order-operations';
import type { Ending } from '@repo/terminal/ending';
import { expectThat } from '../failures';
import type { HubClient } from '../hub/hub-client';

const LOOK_EVERY_MS = 150;
const SETTLED_WITHIN_MS = 90_000;

/** Orders that are through, and jobs that are under way by state. What matters most comes first: a narrow terminal cuts the end off. */
export const WATCHED = ['confirmed', 'failed', 'awaiting_callback', 'processing', 'queued', 'pending'] as const;
export type Progress = Record<(typeof WATCHED)[number], number>;

/** Looks until so many orders are confirmed and so many failed; `show` hears of every look. Gives how long that took, in milliseconds. */
export async function untilSettled(
  hub: HubClient,
  headers: Record<string, string>,
  promised: { confirmed: number; failed: number },
  ending: Ending,
  show: (progress: Progress) => void,
): Promise<number> {
  const start = performance.now();
  for (;;) {
    const progress = await look(hub, headers);
    show(progress);
    const ms = performance.now() - start;
    if (progress.confirmed === promised.confirmed && progress.failed === promised.failed) return ms;
    const within = `within ${SETTLED_WITHIN_MS / 1000} s`;
    expectThat(ms < SETTLED_WITHIN_MS, `${promised.confirmed} orders are confirmed and ${promised.failed} failed ${within}`, progress);
    await ending.pause(LOOK_EVERY_MS);
  }
}

/** `confirmed 170 · failed 1 · …` */
export function progressText(progress: Progress): string {
  return WATCHED.map((state) => `${state.replace('_', ' ')} ${progress[state]}`).join(' · ');
}

async function look(hub: HubClient, headers: Record<string, string>): Promise<Progress> {
  const jobs = async (status: SyncJob['status']) => (await hub.call(listSyncJobs, { headers, query: { status, limit: '1' } })).meta.total;
  const orders = async (erpStatus: ErpStatus) => (await hub.call(listOrders, { headers, query: { erpStatus, limit: '1' } })).meta.total;
  const [pending, queued, processing, awaiting_callback, confirmed, failed] = await Promise.all([
    jobs('pending'),
    jobs('queued'),
    jobs('processing'),
    jobs('awaiting_callback'),
    orders('confirmed'),
    orders('failed'),
  ]);
  return { pending, queued, processing, awaiting_callback, confirmed, failed };
}
