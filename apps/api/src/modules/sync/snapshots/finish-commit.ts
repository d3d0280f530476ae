import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { deletePage, type CommittingSnapshot } from '@repo/shared/database/snapshots/delete-page';
import { findSnapshot } from '@repo/shared/database/snapshots/snapshot-state';
import { DATABASE } from '../../../platform/database/database.module';
import { ApiError } from '../../../platform/errors/api-error';
import { Lifecycle } from '../../../platform/lifecycle/lifecycle';

/** What a commit answers. */
export interface Committed {
  tombstoned: number;
  present: number;
}

/** The answer of a committed snapshot. */
export const answerOf = ({ tombstoned, present }: { tombstoned: number | null; present: number | null }): Committed => ({
  tombstoned: tombstoned ?? 0,
  present: present ?? 0,
});

/** Does what was decided: deletes page by page, and lets ingest in between two pages. */
@Injectable()
export class FinishCommit {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly lifecycle: Lifecycle,
  ) {}

  /**
   * Goes on until nothing is left to delete, beside whoever else does so.
   * @throws ApiError `shutting_down` between two pages: asking again, or the sweep, goes on
   */
  async finish(snapshot: CommittingSnapshot): Promise<Committed> {
    while (await deletePage(this.database.pool, snapshot)) {
      if (this.lifecycle.shuttingDown)
        throw new ApiError('shutting_down', 'This instance is shutting down: the rest is deleted by another.', { retryAfterSeconds: 1 });
    }
    const committed = await findSnapshot(this.database.db, snapshot.id, snapshot.vendorId);
    if (committed === undefined) throw new Error('a snapshot went away while it was committed');
    return answerOf(committed);
  }
}
