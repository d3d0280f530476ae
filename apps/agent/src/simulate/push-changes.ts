import type { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import type { Row } from '@erp-sync-hub/agent-sdk/entity-rows';
import { pushRows, type PushOptions } from '@erp-sync-hub/agent-sdk/push/push-rows';
import { SnapshotPush } from '@erp-sync-hub/agent-sdk/push/snapshot-push';
import type { RowVerdict } from '@erp-sync-hub/agent-sdk/push/verdicts';
import type { Entity } from '@repo/contracts/primitives';
import type { SimulatedRow, SimulatedRows } from './simulated-rows';

/** Stock refers to items and warehouses: those first. */
const ENTITIES = ['warehouses', 'items', 'stock'] as const;

export interface PushCounts {
  sent: number;
  refused: number;
  /** Snapshots that were committed. */
  snapshots: number;
  /** Rows that the hub deleted with them. */
  deleted: number;
}

/** What a push works with. */
export interface SimulatedPush {
  client: HubClient;
  erp: SimulatedRows;
  counts: PushCounts;
  signal: AbortSignal;
}

/**
 * Sends what has changed, and puts back what was not judged, or is to be sent again with a later time.
 * @throws HubError, or the reason of the signal; what was not judged is sent the next time
 */
export async function pushChanges(push: SimulatedPush): Promise<void> {
  const { client, erp } = push;
  for (const entity of ENTITIES) {
    const taken = erp.takeDirty(entity);
    if (taken.length > 0) await send(push, entity, taken, (rows, options) => pushRows(client, entity, rows, options));
  }
}

/**
 * Sends everything of the entities of which rows are gone, so that the hub deletes those. Begun before it is read: what is heard
 * of a row meanwhile keeps it.
 * @throws HubError, or the reason of the signal; the deletes are owed still
 */
export async function pushSnapshots(push: SimulatedPush): Promise<void> {
  const { client, erp, counts, signal } = push;
  for (const entity of ENTITIES.filter((each) => erp.owesDeletes(each))) {
    const snapshot = await SnapshotPush.begin(client, entity, { signal });
    try {
      await send(push, entity, erp.takeAll(entity), (rows, options) => snapshot.push(rows, options));
      counts.deleted += (await snapshot.commit({ signal })).tombstoned;
      counts.snapshots += 1;
    } catch (error) {
      erp.oweDeletes(entity);
      if (error instanceof HubError && error.code !== 'too_many_deletes') await snapshot.abandon();
      throw error;
    }
  }
}

async function send(
  { client, erp, counts, signal }: SimulatedPush,
  entity: Entity,
  taken: readonly SimulatedRow[],
  push: (rows: readonly Row[], options: PushOptions) => Promise<unknown>,
): Promise<void> {
  const left = new Set(taken.map(({ key }) => key));
  const stamp = new Date(client.clock.now()).toISOString();
  try {
    await push(
      taken.map((row) => sealed(row, stamp)),
      {
        size: taken.length > 500 ? 'full' : 'incremental',
        signal,
        onVerdicts: ({ keys, verdicts }) => {
          const again = new Set(verdicts.filter(isToBeSentAgain).map(({ key }) => key));
          for (const key of keys) if (key !== null && !again.has(key)) left.delete(key);
          counts.sent += keys.length;
          counts.refused += verdicts.filter(({ status }) => status === 'failed').length;
        },
      },
    );
  } finally {
    erp.putBack(entity, left);
  }
}

/** A row as it is sent. */
export function sealed({ row, hash }: SimulatedRow, stamp: string): Row {
  return { ...row, contentHash: hash, lastSyncedAt: stamp };
}

/** What is parked goes in by itself. */
const isToBeSentAgain = (verdict: RowVerdict) => verdict.status === 'failed' && !verdict.parked && verdict.reason !== 'invalid';
