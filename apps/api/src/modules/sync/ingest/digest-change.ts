import type { BatchState } from '@repo/shared/database/ingest/batch-types';
import { rowDigestNumber } from '@repo/shared/database/ingest/digest-numbers';
import type { RowPlan } from './plan-rows';

/** How the root of a set changes. */
export interface RootChange {
  count: number;
  digest: bigint;
}

/**
 * What carrying out these plans changes in the root, for one who holds the lock alone. A key counts with its parked hash
 * where it has a parked row, else with the hash of its live row, else not at all. `dropStale`: a stale row's parked one goes.
 */
export function rootChange(plans: readonly RowPlan[], state: BatchState, dropStale = false): RootChange {
  const change: RootChange = { count: 0, digest: 0n };
  for (const plan of plans) {
    const { key } = plan.row;
    const before = countedHash(key, state);
    const after = hashAfter(plan, state, dropStale);
    if (before === after) continue;
    if (before !== undefined) change.digest -= rowDigestNumber(key, before);
    if (after !== undefined) change.digest += rowDigestNumber(key, after);
    change.count += Number(after !== undefined) - Number(before !== undefined);
  }
  return change;
}

function liveHash(key: string, state: BatchState): string | undefined {
  const stored = state.stored.get(key);
  return stored === undefined || stored.deleted ? undefined : stored.contentHash;
}

function countedHash(key: string, state: BatchState): string | undefined {
  return state.parked.get(key)?.contentHash ?? liveHash(key, state);
}

function hashAfter(plan: RowPlan, state: BatchState, dropStale: boolean): string | undefined {
  const { key, row } = plan.row;
  const parked = state.parked.get(key)?.contentHash;
  switch (plan.act) {
    case 'write':
      return parked !== undefined && !plan.unpark ? parked : row.contentHash;
    case 'unchanged':
      return parked !== undefined && !plan.unpark ? parked : liveHash(key, state);
    case 'park':
      return plan.keep ? row.contentHash : countedHash(key, state);
    case 'stale':
      return dropStale ? liveHash(key, state) : countedHash(key, state);
  }
}
