import type { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import { pushRows } from '@erp-sync-hub/agent-sdk/push/push-rows';
import type { RowVerdict } from '@erp-sync-hub/agent-sdk/push/verdicts';
import type { Entity } from '@repo/contracts/primitives';
import type { SimulatedRows } from './simulated-rows';

/** Stock refers to items and warehouses: those first. */
const ENTITIES = ['warehouses', 'items', 'stock'] as const;

export interface PushCounts {
  sent: number;
  refused: number;
}

/**
 * Sends what has changed, and puts back what was not judged, or is to be sent again with a later time.
 * @throws HubError, or the reason of the signal; what was not judged is sent the next time
 */
export async function pushChanges(client: HubClient, erp: SimulatedRows, counts: PushCounts, signal: AbortSignal): Promise<void> {
  for (const entity of ENTITIES) await pushEntity(client, erp, entity, counts, signal);
}

async function pushEntity(client: HubClient, erp: SimulatedRows, entity: Entity, counts: PushCounts, signal: AbortSignal): Promise<void> {
  const taken = erp.takeDirty(entity);
  if (taken.length === 0) return;
  const left = new Set(taken.map(({ key }) => key));
  const stamp = new Date(client.clock.now()).toISOString();
  const rows = taken.map(({ row, hash }) => ({ ...row, contentHash: hash, lastSyncedAt: stamp }));
  try {
    await pushRows(client, entity, rows, {
      size: taken.length > 500 ? 'full' : 'incremental',
      signal,
      onVerdicts: ({ keys, verdicts }) => {
        const again = new Set(verdicts.filter(isToBeSentAgain).map(({ key }) => key));
        for (const key of keys) if (key !== null && !again.has(key)) left.delete(key);
        counts.sent += keys.length;
        counts.refused += verdicts.filter(({ status }) => status === 'failed').length;
      },
    });
  } finally {
    erp.putBack(entity, left);
  }
}

/** What is parked goes in by itself. */
const isToBeSentAgain = (verdict: RowVerdict) => verdict.status === 'failed' && !verdict.parked && verdict.reason !== 'invalid';
