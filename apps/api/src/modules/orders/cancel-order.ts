import { Inject, Injectable } from '@nestjs/common';
import type { ErpStatus, Order } from '@repo/contracts/operations/order-operations';
import type { Database, Tx } from '@repo/shared/database/connect';
import { cancelUnstarted, lockOrder, queueCancellation, readOrderJobs, type LockedOrder } from '@repo/shared/database/orders/cancel-order';
import { findOrder } from '@repo/shared/database/orders/read-orders';
import { SETTINGS, type HubSettings } from '../../config/settings';
import { DATABASE } from '../../platform/database/database.module';
import { ApiError } from '../../platform/errors/api-error';
import { LocalEventBus } from '../../platform/events/local-events';
import { addLogFields } from '../../platform/http/request-context';
import { decideCancellation } from './decide-cancellation';
import { jobTerms } from './job-terms';

/** An order that was cancelled, or is being: what it was before, and what it is now. */
export interface CancelledOrder {
  vendorId: string;
  orderId: string;
  before: ErpStatus;
  after: Extract<ErpStatus, 'cancelling' | 'cancelled'>;
}

/** Cancels orders: at once while the ERP was not told of them, by a job behind the others otherwise. */
@Injectable()
export class CancelOrder {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: HubSettings,
    private readonly events: LocalEventBus,
  ) {}

  /** @throws ApiError `not_found`; `invalid_transition` for an order that has failed or is cancelled */
  async cancel(orderId: string): Promise<Order> {
    const cancelled = await this.database.db.transaction((tx) => this.cancelIn(tx, orderId));
    this.announce(cancelled);
    const { vendorId, before, after } = cancelled;
    addLogFields({ vendorId, orderId, before, after });
    return (await findOrder(this.database.db, orderId)) ?? notFound();
  }

  /**
   * The same in a transaction of the caller's, which holds the order's lock from then on: nothing of the order's jobs may be
   * locked before. {@link announce} is the caller's to call once it has committed.
   */
  async cancelIn(tx: Tx, orderId: string): Promise<CancelledOrder> {
    const order = (await lockOrder(tx, orderId)) ?? notFound();
    const after = await this.carryOut(tx, order);
    return { vendorId: order.vendorId, orderId, before: order.erpStatus, after };
  }

  /** Wakes whoever delivers. */
  announce({ vendorId, before, after }: CancelledOrder): void {
    if (after === 'cancelling' && before !== after) this.events.emit('jobs-due', { vendorId });
  }

  private async carryOut(tx: Tx, order: LockedOrder): Promise<CancelledOrder['after']> {
    const decision = decideCancellation(order.erpStatus, await readOrderJobs(tx, order));
    switch (decision.act) {
      case 'refuse':
        throw new ApiError('invalid_transition', `The order is ${order.erpStatus}: it cannot be cancelled.`);
      case 'nothing':
        return 'cancelling';
      case 'cancel':
        // No try can start while the order is locked.
        if (await cancelUnstarted(tx, order, decision.jobId)) return 'cancelled';
        throw new Error(`the job ${decision.jobId} was started although its order was locked`);
      case 'tell':
        await queueCancellation(tx, order, decision, jobTerms(this.settings));
        return 'cancelling';
    }
  }
}

function notFound(): never {
  throw new ApiError('not_found', 'There is no order with this id.');
}
