import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { markAbandoned } from '@repo/shared/database/snapshots/close-snapshot';
import { lockSnapshot } from '@repo/shared/database/snapshots/snapshot-state';
import { DATABASE } from '../../../platform/database/database.module';
import { ApiError } from '../../../platform/errors/api-error';
import { noSuchSnapshot } from './refuse-snapshot';

/** The agent gives up: nothing is deleted. */
@Injectable()
export class AbandonSnapshot {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /**
   * One that ended without deleting anything stays as it is.
   * @throws ApiError `not_found`; `conflict` for one that deletes, or has
   */
  abandon(vendorId: string, id: string): Promise<void> {
    return this.database.db.transaction(async (tx) => {
      const snapshot = await lockSnapshot(tx, id, vendorId);
      if (snapshot === undefined) throw noSuchSnapshot();
      const { status } = snapshot;
      if (status === 'committing' || status === 'committed') throw new ApiError('conflict', `The snapshot is ${status}.`);
      if (status === 'open' || status === 'held') await markAbandoned(tx, snapshot);
    });
  }
}
