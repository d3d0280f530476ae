import { Inject, Injectable } from '@nestjs/common';
import type { beginSnapshot } from '@repo/contracts/operations/snapshot-operations';
import type { Reply } from '@repo/contracts/operations/operation';
import type { Entity } from '@repo/contracts/primitives';
import type { Database } from '@repo/shared/database/connect';
import { beginSnapshot as begin } from '@repo/shared/database/snapshots/begin-snapshot';
import { DATABASE } from '../../../platform/database/database.module';

/** An agent begins to send everything. One whose reply was lost begins again: nobody knows the first one's id. */
@Injectable()
export class BeginSnapshot {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async begin(vendorId: string, entity: Entity): Promise<Reply<typeof beginSnapshot>> {
    const { id, startedAt, expiresAt } = await this.database.db.transaction((tx) => begin(tx, vendorId, entity));
    return { snapshotId: id, entity, startedAt: startedAt.toISOString(), expiresAt: expiresAt.toISOString() };
  }
}
