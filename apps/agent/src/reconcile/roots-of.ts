import type { RootDigest } from '@erp-sync-hub/agent-sdk/digest/digest-tree';
import type { Entity } from '@repo/contracts/primitives';
import type { EntityDigests } from '../state/entity-digests';

/** What a heartbeat says of these entities: nothing of one of which not everything was read yet. */
export function rootsOf(digests: EntityDigests, entities: readonly Entity[]): Partial<Record<Entity, RootDigest>> {
  return Object.fromEntries(entities.filter((entity) => digests.isComplete(entity)).map((entity) => [entity, digests.root(entity)]));
}
