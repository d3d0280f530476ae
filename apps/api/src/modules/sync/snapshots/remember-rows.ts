import { Inject, Injectable } from '@nestjs/common';
import type { Entity } from '@repo/contracts/primitives';
import type { Database } from '@repo/shared/database/connect';
import { rememberKeys } from '@repo/shared/database/snapshots/remember-keys';
import { DATABASE } from '../../../platform/database/database.module';
import { refusalOfRows } from './refuse-snapshot';
import { sentKeys } from './sent-keys';

/** Notes for a snapshot which keys were sent, before their rows are ingested. */
@Injectable()
export class RememberRows {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** @throws ApiError `not_found`, `expired`, `conflict`: then nothing is remembered, and nothing may be ingested */
  async remember(vendorId: string, snapshotId: string, entity: Entity, rows: readonly unknown[]): Promise<void> {
    const asked = await rememberKeys(this.database.pool, { vendorId, id: snapshotId, entity }, sentKeys(entity, rows));
    const refusal = refusalOfRows(asked, entity);
    if (refusal !== undefined) throw refusal;
  }
}
