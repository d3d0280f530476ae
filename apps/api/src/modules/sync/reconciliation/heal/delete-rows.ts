import { MOST_CALLED_KEYS } from '@repo/contracts/agent-protocol/reconciliation-calls';
import { inEntityTransaction } from '@repo/shared/database/ingest/entity-transaction';
import { tombstoneRows } from '@repo/shared/database/ingest/tombstone-rows';
import { countForCap } from '@repo/shared/database/reconciliation/count-for-cap';
import { holdRun, type TakenRun } from '@repo/shared/database/reconciliation/run-lease';
import type { Pool } from 'pg';
import { RunAbandoned } from '../talk/end-of-run';
import { fetchAndHeal, type HealParts } from './heal-differences';
import { mayDelete } from './may-delete';

/** What deleting works with. */
export interface DeleteParts extends HealParts {
  pool: Pool;
  /** What was heard of since it began, by PostgreSQL's clock, stays. */
  run: TakenRun;
  /** The cap; undefined when it is lifted. */
  mostPercent: number | undefined;
}

/** Rows that only the hub has. */
export type OnlyInHub = readonly { key: string; hub: string }[];

/**
 * Deletes rows that only the hub has. The cap is looked at before the first; then the agent is asked for the very rows, and
 * only what it says that it does not have goes. False when the cap holds: then nothing is deleted.
 * @throws RunAbandoned when the run is another worker's by now, or has ended
 */
export async function deleteRows(parts: DeleteParts, rows: OnlyInHub): Promise<boolean> {
  const { pool, run, vendorId, entity, mostPercent, tally } = parts;
  if (rows.length === 0) return true;
  if (mostPercent !== undefined && !mayDelete(rows.length, await countForCap(pool, vendorId, entity), mostPercent)) return false;
  for (let at = 0; at < rows.length; at += MOST_CALLED_KEYS) {
    const compared = new Map(rows.slice(at, at + MOST_CALLED_KEYS).map(({ key, hub }) => [key, hub]));
    const missing = await fetchAndHeal(parts, compared);
    const { tombstoned, unparked } = await inEntityTransaction(pool, vendorId, entity, 'alone', async (client) => {
      // A push of an unchanged row leaves a trace only while the run is open.
      if (!(await holdRun(client, run))) throw new RunAbandoned('the run is not this one any more');
      return tombstoneRows(client, vendorId, entity, missing, { untouchedSince: run.startedAt });
    });
    tally.rows.deleted += Math.max(tombstoned, unparked);
  }
  return true;
}
