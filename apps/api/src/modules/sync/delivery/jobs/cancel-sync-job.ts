import { Inject, Injectable } from '@nestjs/common';
import type { Order } from '@repo/contracts/operations/order-operations';
import type { Database } from '@repo/shared/database/connect';
import { findJobDetail } from '@repo/shared/database/delivery/read-jobs';
import { findOrder } from '@repo/shared/database/orders/read-orders';
import { recordAudit } from '@repo/shared/database/repositories/audit-log.repository';
import { DATABASE } from '../../../../platform/database/database.module';
import { ApiError } from '../../../../platform/errors/api-error';
import { currentContext } from '../../../../platform/http/request-context';
import { CancelOrder } from '../../../orders/cancel-order';

/** Cancels the order of a job, as ops ask for it: with an audit entry in the same transaction. */
@Injectable()
export class CancelSyncJob {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly orders: CancelOrder,
  ) {}

  /** @throws ApiError `not_found`; `invalid_transition` for an order that has failed or is cancelled */
  async cancel(actor: string, jobId: string): Promise<Order> {
    const { db } = this.database;
    const job = (await findJobDetail(db, jobId)) ?? notFound();
    const cancelled = await db.transaction(async (tx) => {
      const done = await this.orders.cancelIn(tx, job.orderId);
      await recordAudit(tx, {
        actor,
        action: 'order.cancel',
        target: `order:${job.orderId}`,
        vendorId: job.vendorId,
        before: { erpStatus: done.before },
        after: { erpStatus: done.after, jobId },
        correlationId: currentContext()?.correlationId ?? null,
      });
      return done;
    });
    this.orders.announce(cancelled);
    return (await findOrder(db, job.orderId)) ?? notFound();
  }
}

function notFound(): never {
  throw new ApiError('not_found', 'There is no such job.');
}
