import { Controller, Inject } from '@nestjs/common';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import { confirmSnapshot, listSnapshots } from '@repo/contracts/operations/snapshot-operations';
import type { Database } from '@repo/shared/database/connect';
import { listSnapshots as readSnapshots } from '@repo/shared/database/snapshots/list-snapshots';
import { DATABASE } from '../../../platform/database/database.module';
import { CurrentKey, type KeyIdentity } from '../../../platform/http/caller';
import { Input } from '../../../platform/http/input.decorator';
import { Operation } from '../../../platform/http/operation.decorator';
import { ConfirmSnapshot } from './confirm-snapshot';

/** What admins see of snapshots, and the decision about a held one. */
@Controller()
export class AdminSnapshotsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly confirming: ConfirmSnapshot,
  ) {}

  @Operation(listSnapshots)
  async list(@Input() { query }: InputOf<typeof listSnapshots>): Promise<Reply<typeof listSnapshots>> {
    const { data, meta } = await readSnapshots(this.database.db, query, query);
    return {
      meta,
      data: data.map(({ id, startedAt, expiresAt, closedAt, ...rest }) => ({
        ...rest,
        snapshotId: id,
        startedAt: startedAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
        closedAt: closedAt?.toISOString() ?? null,
      })),
    };
  }

  @Operation(confirmSnapshot)
  confirm(@CurrentKey() key: KeyIdentity, @Input() { params }: InputOf<typeof confirmSnapshot>): Promise<Reply<typeof confirmSnapshot>> {
    return this.confirming.confirm(key.name, params.id);
  }
}
