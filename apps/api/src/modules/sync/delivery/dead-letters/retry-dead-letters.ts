import { Inject, Injectable } from '@nestjs/common';
import type { DeadLetter, retryDeadLetters } from '@repo/contracts/operations/delivery-operations';
import type { Input } from '@repo/contracts/operations/operation';
import type { Database, Tx } from '@repo/shared/database/connect';
import {
  closeLetter,
  lockOrderOf,
  referenceOfLetter,
  reopenJob,
  type LetterReference,
} from '@repo/shared/database/delivery/close-dead-letter';
import { findDeadLetter } from '@repo/shared/database/delivery/dead-letters';
import { findMarked, markForRetry, MOST_MARKED } from '@repo/shared/database/delivery/mark-dead-letters';
import { recordAudit } from '@repo/shared/database/repositories/audit-log.repository';
import { eachByItself } from '../../../../platform/concurrency/each-by-itself';
import { DATABASE } from '../../../../platform/database/database.module';
import { ApiError } from '../../../../platform/errors/api-error';
import { currentContext } from '../../../../platform/http/request-context';
import { DELIVERY_POLICY, type DeliveryPolicy } from '../delivery-policy';
import { WakeRelay } from '../wake-relay';

/** Dead letters that one round works off. */
const ROUND = 500;

/** Gives dead letters another round of tries: one at once, many in the background. */
@Injectable()
export class RetryDeadLetters {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(DELIVERY_POLICY) private readonly policy: DeliveryPolicy,
    private readonly relay: WakeRelay,
  ) {}

  /** @throws ApiError `not_found`, `already_resolved` */
  async retryOne(actor: string, id: string): Promise<DeadLetter> {
    const letter = (await referenceOfLetter(this.database.db, id)) ?? notFound();
    await this.database.db.transaction(async (tx) => {
      if (!(await this.reopen(tx, letter, actor))) throw new ApiError('already_resolved');
      await recordAudit(tx, {
        actor,
        action: 'dead_letter.retry',
        target: `dead_letter:${id}`,
        vendorId: letter.vendorId,
        before: { resolved: false },
        after: { resolved: true, resolution: 'retried', jobId: letter.jobId },
        correlationId: currentContext()?.correlationId ?? null,
      });
    });
    this.relay.wake();
    return (await findDeadLetter(this.database.db, id)) ?? notFound();
  }

  /**
   * Marks what matches before it returns, so that nothing of it is forgotten whatever happens afterwards; the leader works
   * it off. Gives how many were marked.
   */
  async retryMany(actor: string, filter: Input<typeof retryDeadLetters>['body']): Promise<number> {
    const { vendorId = null, operation = null, failedBefore = null } = filter;
    const matching = { vendorId, operation, failedBefore };
    const matched = await this.database.db.transaction(async (tx) => {
      let all = 0;
      for (let marked = MOST_MARKED; marked === MOST_MARKED; all += marked) marked = await markForRetry(tx, matching, actor);
      await recordAudit(tx, {
        actor,
        action: 'dead_letter.retry_many',
        target: 'dead_letters',
        vendorId,
        before: null,
        after: { ...matching, matched: all },
        correlationId: currentContext()?.correlationId ?? null,
      });
      return all;
    });
    this.relay.wake();
    return matched;
  }

  /** Works off a round of what was marked; gives how many. One that somebody else dealt with meanwhile is passed over. */
  async workOff(): Promise<number> {
    const marked = await findMarked(this.database.pool, ROUND);
    await eachByItself(marked, (letter) => this.database.db.transaction((tx) => this.reopen(tx, letter, letter.by)));
    return marked.length;
  }

  private async reopen(tx: Tx, letter: LetterReference, actor: string): Promise<boolean> {
    await lockOrderOf(tx, letter);
    if (!(await closeLetter(tx, letter, { resolution: 'retried', by: actor }))) return false;
    await reopenJob(tx, letter, this.policy);
    return true;
  }
}

function notFound(): never {
  throw new ApiError('not_found', 'There is no such dead letter.');
}
