import { Controller, Inject } from '@nestjs/common';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import { listParked, replayParked } from '@repo/contracts/operations/parked-operations';
import type { Database } from '@repo/shared/database/connect';
import { listParkedSets } from '@repo/shared/database/ingest/parked-rows';
import { listParkedRows } from '@repo/shared/database/repositories/parked-rows.repository';
import { recordAudit } from '@repo/shared/database/repositories/audit-log.repository';
import { Logger } from '@nestjs/common';
import { DATABASE } from '../../../platform/database/database.module';
import { CurrentKey, type KeyIdentity } from '../../../platform/http/caller';
import { Input } from '../../../platform/http/input.decorator';
import { Operation } from '../../../platform/http/operation.decorator';
import { currentContext } from '../../../platform/http/request-context';
import { ReplayParked } from './replay-parked';

/** What waits, and trying it again by hand. */
@Controller()
export class ParkedController {
  private readonly logger = new Logger('ParkedRows');

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly parked: ReplayParked,
  ) {}

  @Operation(listParked)
  async list(@Input() { query }: InputOf<typeof listParked>): Promise<Reply<typeof listParked>> {
    const page = await listParkedRows(this.database.db, query, query);
    return {
      meta: page.meta,
      data: page.data.map((row) => ({
        vendorId: row.vendorId,
        entity: row.entity,
        key: row.key,
        reason: row.reason,
        waitsFor: row.waitsFor,
        payload: row.payload,
        contentHash: row.contentHash,
        lastSyncedAt: row.lastSyncedAt.toISOString(),
        firstSeenAt: row.firstSeenAt.toISOString(),
        lastSeenAt: row.lastSeenAt.toISOString(),
      })),
    };
  }

  /** Answers at once; the replay goes on in the background. */
  @Operation(replayParked)
  async replay(@CurrentKey() key: KeyIdentity, @Input() { body }: InputOf<typeof replayParked>): Promise<Reply<typeof replayParked>> {
    const sets = await listParkedSets(this.database.pool, body.vendorId);
    await recordAudit(this.database.db, {
      actor: key.name,
      action: 'parked.replay',
      target: body.vendorId ?? 'all vendors',
      vendorId: body.vendorId ?? null,
      correlationId: currentContext()?.correlationId ?? null,
    });
    this.parked.replayAll(body.vendorId).catch((error: unknown) => this.logger.error({ err: error }, 'the replay failed'));
    return { replaying: sets.reduce((sum, { count }) => sum + count, 0) };
  }
}
