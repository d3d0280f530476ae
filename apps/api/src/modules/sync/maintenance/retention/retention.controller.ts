import { Controller, Inject } from '@nestjs/common';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import { runRetention } from '@repo/contracts/operations/retention-operations';
import type { Database } from '@repo/shared/database/connect';
import { recordAudit } from '@repo/shared/database/repositories/audit-log.repository';
import { DATABASE } from '../../../../platform/database/database.module';
import { CurrentKey, type KeyIdentity } from '../../../../platform/http/caller';
import { Input } from '../../../../platform/http/input.decorator';
import { Operation } from '../../../../platform/http/operation.decorator';
import { currentContext } from '../../../../platform/http/request-context';
import { CleanUp, nothing } from './clean-up';

/** How long a clean-up by hand may take: whoever asks gets an answer. */
const BY_HAND_MS = 20_000;

/** Clean-ups by hand. */
@Controller()
export class RetentionController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly cleanUp: CleanUp,
  ) {}

  @Operation(runRetention)
  async run(@CurrentKey() key: KeyIdentity, @Input() { body }: InputOf<typeof runRetention>): Promise<Reply<typeof runRetention>> {
    if (body.dryRun) return { removed: await this.cleanUp.count(), finished: true };
    const removed = nothing();
    let finished = false;
    try {
      finished = await this.cleanUp.run(BY_HAND_MS, removed);
    } finally {
      // Each batch is a transaction of its own: what was removed before a failure has its entry, too.
      await recordAudit(this.database.db, {
        actor: key.name,
        action: 'retention.run',
        target: 'retention',
        vendorId: null,
        after: { ...removed, finished },
        correlationId: currentContext()?.correlationId ?? null,
      });
    }
    return { removed, finished };
  }
}
