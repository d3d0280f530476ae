import { RetryLater } from '@erp-sync-hub/agent-sdk/answer/answer-errors';
import type { FoundRows, IndexedRow, ReconciliationStore } from '@erp-sync-hub/agent-sdk/digest/answer-reconciliation';
import type { DigestTree, RootDigest } from '@erp-sync-hub/agent-sdk/digest/digest-tree';
import type { HubClock } from '@erp-sync-hub/agent-sdk/clock/hub-clock';
import { ENTITY_LIST, type Entity } from '@repo/contracts/primitives';
import { sealed } from './push-changes';
import type { SimulatedRows } from './simulated-rows';

const NOT_SENT_YET_S = 5;

/** What the hub compares itself with: the rows of the ERP as they are now, once the first load is in. */
export class SimulatedStore implements ReconciliationStore {
  /** Whether all rows were sent once: before that a comparison would only do the same work twice. */
  isLoaded = false;

  constructor(
    private readonly erp: SimulatedRows,
    private readonly clock: HubClock,
  ) {}

  /** For heartbeats. */
  roots(): Partial<Record<Entity, RootDigest>> {
    return this.isLoaded ? Object.fromEntries(ENTITY_LIST.map((entity) => [entity, this.erp.root(entity)])) : {};
  }

  tree(entity: Entity): DigestTree {
    this.mustBeLoaded();
    return this.erp.tree(entity);
  }

  *scan(entity: Entity, prefix: string): Generator<IndexedRow> {
    this.mustBeLoaded();
    for (const row of this.erp.rows[entity].values()) if (row.h.startsWith(prefix)) yield row;
  }

  rows(entity: Entity, keys: readonly string[]): Promise<FoundRows> {
    const stamp = new Date(this.clock.now()).toISOString();
    const found = keys.flatMap((key) => this.erp.rows[entity].get(key) ?? []);
    return Promise.resolve({ rows: found.map((row) => sealed(row, stamp)) });
  }

  private mustBeLoaded(): void {
    if (!this.isLoaded) throw new RetryLater(NOT_SENT_YET_S, 'the first load is under way');
  }
}
