import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { completeJob, type CompletedJob } from '@repo/shared/database/delivery/complete-job';
import type { AttemptNote } from '@repo/shared/database/delivery/end-attempt';
import type { JobReference } from '@repo/shared/database/delivery/job-reference';
import { DATABASE } from '../../../platform/database/database.module';
import { DELIVERY_POLICY, type DeliveryPolicy } from './delivery-policy';

/** Writes that an ERP has done a job, whoever brought the word: a callback, or the reply to a call. */
@Injectable()
export class RecordCompletion {
  private readonly logger = new Logger('Completion');

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(DELIVERY_POLICY) private readonly policy: DeliveryPolicy,
  ) {}

  /** Undefined when the job is completed already, or no try of it has started. */
  async record(
    { vendorId, jobId, orderId }: JobReference,
    said: { erpReference: string | null; metadata: Record<string, unknown> | null },
    note?: AttemptNote,
  ): Promise<CompletedJob | undefined> {
    const { attempts: cancelAttemptsAllowed, expiresInS: cancelExpiresInS } = this.policy;
    const completion = { erpReference: said.erpReference, metadata: said.metadata, cancelAttemptsAllowed, cancelExpiresInS };
    const done = await completeJob(this.database.pool, { vendorId, jobId, orderId }, completion, note);
    if (done?.cancelsBehind === true) {
      this.logger.error(
        { vendorId, jobId, orderId, alert: 'late_callback_after_cancel' },
        'an order was cancelled and done: it is cancelled at the ERP now',
      );
    }
    if (done?.closedDeadLetter === true) this.logger.log({ vendorId, jobId, orderId }, 'a late completion closed a dead letter');
    return done;
  }
}
