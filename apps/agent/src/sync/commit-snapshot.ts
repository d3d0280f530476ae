import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import type { Row } from '@erp-sync-hub/agent-sdk/entity-rows';
import type { SnapshotPush } from '@erp-sync-hub/agent-sdk/push/snapshot-push';
import { KEY_SEPARATOR, type Entity } from '@repo/contracts/primitives';
import type { KeyList } from '../state/key-list';
import type { SourceRows } from '../state/source-rows';
import type { Deletes } from './push-report';
import type { RowClock } from './row-clock';

export interface CommitParts {
  source: SourceRows;
  clock: RowClock;
}

export interface OpenSnapshot {
  snapshot: SnapshotPush;
  /** What was sent in it. */
  sent: KeyList;
  /** Rows that were sent, and have gone since: this commit keeps them. */
  goneMeanwhile: number;
  signal: AbortSignal;
}

/** Says that everything was sent, after the keys of rows that are at the source and could not be. Gives what became of the rest. */
export async function commitSnapshot(
  { source, clock }: CommitParts,
  entity: Entity,
  { snapshot, sent, goneMeanwhile, signal }: OpenSnapshot,
): Promise<Deletes> {
  await snapshot.push(keysAlone(entity, sent, clock), { size: 'full', signal });
  try {
    const { tombstoned } = await snapshot.commit({ signal });
    source.digests.setOwesDeletes(entity, goneMeanwhile > 0);
    return { kind: 'committed', tombstoned };
  } catch (error) {
    const refusal = error instanceof HubError && error.failure.kind === 'refused' ? error.failure : undefined;
    if (refusal?.code === 'too_many_deletes') {
      source.digests.setOwesDeletes(entity, true);
      return { kind: 'held', detail: refusal.detail };
    }
    if (refusal?.status !== 409 && refusal?.status !== 410) throw error;
    source.digests.setOwesDeletes(entity, true);
    await snapshot.abandon();
    return { kind: 'refused', code: refusal.code, detail: refusal.detail };
  }
}

/** The hub refuses a row that is nothing but a key, and remembers the key as present: it is not deleted. */
async function* keysAlone(entity: Entity, sent: KeyList, clock: RowClock): AsyncGenerator<Row> {
  for await (const rows of sent.notListed(entity)) {
    for (const { key, hash } of rows) yield { ...keyFields(entity, key), contentHash: hash, lastSyncedAt: clock.stamp() };
  }
}

function keyFields(entity: Entity, key: string): Row {
  switch (entity) {
    case 'items':
      return { sku: key };
    case 'warehouses':
      return { erpWarehouseId: key };
    case 'stock': {
      const [erpWarehouseId, sku] = key.split(KEY_SEPARATOR);
      return { erpWarehouseId, sku };
    }
  }
}
