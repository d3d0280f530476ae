import { Inject, Injectable } from '@nestjs/common';
import type { DeadLetter, resolveDeadLetter } from '@repo/contracts/operations/delivery-operations';
import type { Input } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import {
  cancelByHand,
  closeLetter,
  confirmByHand,
  keepOrder,
  lockOrderOf,
  referenceOfLetter,
} from '@repo/shared/database/delivery/close-dead-letter';
import { findDeadLetter } from '@repo/shared/database/delivery/dead-letters';
import { recordAudit } from '@repo/shared/database/repositories/audit-log.repository';
import { DATABASE } from '../../../../platform/database/database.module';
import { ApiError } from '../../../../platform/errors/api-error';
import { currentContext } from '../../../../platform/http/request-context';
import { WakeRelay } from '../wake-relay';

/** A person decides about a dead letter: the order is at the ERP under a reference, or there will be none. */
@Injectable()
export class ResolveDeadLetter {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly relay: WakeRelay,
  ) {}

  /** @throws ApiError `not_found`, `already_resolved` */
  async resolve(actor: string, id: string, body: Input<typeof resolveDeadLetter>['body']): Promise<DeadLetter> {
    const { db } = this.database;
    const erpReference = body.erpReference ?? null;
    const letter = (await referenceOfLetter(db, id)) ?? notFound();
    const before = (await findDeadLetter(db, id)) ?? notFound();
    await db.transaction(async (tx) => {
      await lockOrderOf(tx, letter);
      const closing = { resolution: 'resolved', by: body.resolvedBy, note: body.note } as const;
      if (!(await closeLetter(tx, letter, closing))) throw new ApiError('already_resolved');
      if (letter.operation === 'cancel_order') await keepOrder(tx, letter, before.failureReason, erpReference);
      else if (erpReference === null) await cancelByHand(tx, letter, closing);
      else await confirmByHand(tx, letter, erpReference);
      await recordAudit(tx, {
        actor,
        action: 'dead_letter.resolve',
        target: `dead_letter:${id}`,
        vendorId: letter.vendorId,
        before: { resolved: false, failureCode: before.failureCode },
        after: { resolved: true, resolvedBy: body.resolvedBy, note: body.note ?? null, erpReference, jobId: letter.jobId },
        correlationId: currentContext()?.correlationId ?? null,
      });
    });
    this.relay.wake();
    return (await findDeadLetter(db, id)) ?? notFound();
  }
}

function notFound(): never {
  throw new ApiError('not_found', 'There is no such dead letter.');
}
