import type { Row } from '@erp-sync-hub/agent-sdk/entity-rows';
import type { ChangedRow } from './plan-part';
import type { RowClock } from './row-clock';

/** The row as it is sent: with its hash and the time. */
export function sealRow({ row, hash }: ChangedRow, clock: RowClock): Row {
  return { ...row, contentHash: hash, lastSyncedAt: clock.stamp() };
}
