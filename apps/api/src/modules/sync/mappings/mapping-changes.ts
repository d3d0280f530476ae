import { Inject, Injectable } from '@nestjs/common';
import type { Database, Tx } from '@repo/shared/database/connect';
import { lockEntity } from '@repo/shared/database/entity-lock';
import { codeName } from '@repo/shared/database/mappings/mapping-codes';
import type { WrittenMapping } from '@repo/shared/database/mappings/write-mappings';
import { Turns } from '../../../platform/concurrency/turns';
import { DATABASE } from '../../../platform/database/database.module';
import { LocalEventBus } from '../../../platform/events/local-events';
import { INVALIDATIONS, type Invalidations } from '../../../platform/redis/invalidations';

/** What a change of mappings gives back, and which mappings it wrote. */
export interface MappingChange<T> {
  result: T;
  written: readonly WrittenMapping[];
}

/** The frame of every change of mappings: one transaction under the vendor's lock, and word of it afterwards. */
@Injectable()
export class MappingChanges {
  private readonly turns = new Turns();

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(INVALIDATIONS) private readonly invalidations: Invalidations,
    private readonly events: LocalEventBus,
  ) {}

  /** Runs `work` while no batch of the vendor's items is being written; caches, replay and application hear of it after the commit. */
  async run<T>(vendorId: string, work: (tx: Tx) => Promise<MappingChange<T>>): Promise<T> {
    // The lock would make them wait for one another anyway, each with a connection of the pool in hand.
    const { result, written } = await this.turns.take(vendorId, () =>
      this.database.db.transaction(async (tx) => {
        await lockEntity(tx, vendorId, 'items');
        return work(tx);
      }),
    );
    if (written.length > 0) {
      await this.invalidations.publish('mappings', vendorId);
      // Nobody can wait for a code whose mapping has just gone, so only those that are there now are named.
      this.events.emit('mappings-changed', { vendorId, codes: written.filter(({ isActive }) => isActive).map(codeName) });
    }
    return result;
  }
}
