import type { BreakerEntry } from '@repo/contracts/operations/breaker-operations';
import type { StandInErp } from '@repo/stand-in-erp/start';
import { FAST_DELIVERY } from '../support/erp';
import { eventually, type Hub } from '../support/hub';

export const VOLUME = 5;
export const RESET_MS = 2_000;

/** One call a job until its retry is made due by hand: what opens a breaker is known to the call. */
export const ONE_CALL_A_JOB: Record<string, string> = {
  ...FAST_DELIVERY,
  AGENT_TIMEOUT_MS: '1500',
  BREAKER_VOLUME: String(VOLUME),
  BREAKER_RESET_MS: String(RESET_MS),
  BREAKER_WINDOW_MS: '60000',
  SYNC_RETRY_BASE_MS: '3600000',
  SYNC_RETRY_MAX_MS: '3600000',
};

/** How it is with a breaker, as a hub tells. */
export async function breakerOf(hub: Hub, vendorId: string, apiType = 'orders'): Promise<BreakerEntry> {
  const { body } = await hub.admin('GET', `/api/admin/circuit-breaker/status?vendorId=${vendorId}`);
  return (body as { data: BreakerEntry[] }).data.find((entry) => entry.apiType === apiType) as BreakerEntry;
}

/** Waits until a breaker is in this state. */
export function untilBreaker(hub: Hub, vendorId: string, state: BreakerEntry['state'], limitMs?: number): Promise<BreakerEntry> {
  return eventually(async () => {
    const breaker = await breakerOf(hub, vendorId);
    return breaker.state === state && breaker;
  }, limitMs);
}

/** Waits until the ERP has had so many calls of a vendor; gives when each came, in order. */
export function untilCalls(erp: StandInErp, vendorId: string, count: number, limitMs?: number): Promise<number[]> {
  return eventually(async () => {
    const calls = await erp.calls(vendorId);
    return calls.length >= count && calls.map(({ at }) => Date.parse(at));
  }, limitMs);
}

/** What jobs of a vendor have cost: of each, the oldest first. */
export async function costs(hub: Hub, vendorId: string) {
  const { rows } = await hub.pool.query<{ held: string | null; offers: number; tries: number; spent: number; rows: number }>(
    `select held_reason as held, dispatch_no as offers, attempt_no as tries, attempts_spent as spent,
       (select count(*)::int from sync_job_attempts where job_id = sync_jobs.id) as rows
     from sync_jobs where vendor_id = $1 order by created_at, id`,
    [vendorId],
  );
  return rows;
}

/** An hour later: what waits for its retry is due. */
export async function retriesDue(hub: Hub, vendorId: string): Promise<void> {
  await hub.pool.query(`update sync_jobs set next_attempt_at = now() where vendor_id = $1 and status = 'pending'`, [vendorId]);
}
