import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { cleanSnapshotKeys, expireSnapshots, listCommitting } from '@repo/shared/database/snapshots/clean-snapshots';
import { deletePage } from '@repo/shared/database/snapshots/delete-page';
import { eachByItself } from '../../../platform/concurrency/each-by-itself';
import { DATABASE } from '../../../platform/database/database.module';
import { Lifecycle } from '../../../platform/lifecycle/lifecycle';

/** What nobody asks for any more: ends what is past its time, does deletes that were cut off, and removes keys of the closed. */
@Injectable()
export class SweepSnapshots {
  private readonly logger = new Logger('Snapshots');

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly lifecycle: Lifecycle,
  ) {}

  async sweep(): Promise<void> {
    const { pool } = this.database;
    const expired = await expireSnapshots(pool);
    if (expired > 0) this.logger.log({ msg: 'snapshots expired', snapshots: expired });
    while (!this.lifecycle.shuttingDown && (await cleanSnapshotKeys(pool)));
    await eachByItself(await listCommitting(pool), async (snapshot) => {
      while (!this.lifecycle.shuttingDown && (await deletePage(pool, snapshot)));
    });
  }
}
