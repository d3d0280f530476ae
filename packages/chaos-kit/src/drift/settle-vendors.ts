import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from '../installation/installation';
import { clientOf } from '../load/connect-vendors';
import type { DriftVendor } from './drift-vendor';

const LOOK_EVERY_MS = 100;
/** Comparisons by hand once nothing breaks any more: one that heals, one that follows what moved, and some for what came late. */
const MOST_COMPARISONS = 8;
/** One that did not reach the agent says nothing of rows: on a busy machine its breaker may still be open. */
const UNREACHED_PAUSE_MS = 500;

/** Compares by hand until every vendor is in step. Says of whom this did not come about. */
export async function settleVendors(installation: Installation, vendors: readonly DriftVendor[], limitMs: number): Promise<string[]> {
  const end = performance.now() + limitMs;
  const found = await Promise.all(vendors.map((vendor) => settle(installation, vendor, end)));
  return found.flat();
}

async function settle(installation: Installation, { vendorId }: DriftVendor, end: number): Promise<string[]> {
  const client = clientOf(installation);
  const outcomes: string[] = [];
  for (let comparisons = 0; comparisons < MOST_COMPARISONS;) {
    const { status } = await client.ask('POST', '/api/admin/reconciliation/trigger', { body: { vendorId, entity: 'items' } });
    if (status !== 202) return [`a comparison of ${vendorId} was answered ${status}`];
    const outcome = await ended(installation, vendorId, end);
    if (outcome === undefined) return [`a comparison of ${vendorId} does not end; before: ${outcomes.join(', ')}`];
    outcomes.push(outcome);
    if (outcome === 'in_sync') return [];
    if (outcome === 'agent_unreachable') await sleep(UNREACHED_PAUSE_MS);
    else comparisons++;
  }
  return [`${vendorId} is not in step after ${MOST_COMPARISONS} comparisons: ${outcomes.join(', ')}`];
}

/** The outcome of the last run of a vendor once none is open. */
async function ended({ pool }: Installation, vendorId: string, end: number): Promise<string | undefined> {
  while (performance.now() < end) {
    const { rows } = await pool.query<{ outcome: string; open: boolean }>(
      `select outcome, ended_at is null as open from reconciliation_runs where vendor_id = $1 and entity = 'items'`,
      [vendorId],
    );
    if (rows[0]?.open === false) return rows[0].outcome;
    await sleep(LOOK_EVERY_MS);
  }
  return undefined;
}
