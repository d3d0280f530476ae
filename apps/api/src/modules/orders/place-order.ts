import { Inject, Injectable } from '@nestjs/common';
import type { NewOrder, Order } from '@repo/contracts/operations/order-operations';
import type { FieldProblem } from '@repo/contracts/problem';
import type { Database } from '@repo/shared/database/connect';
import { insertOrder, type Idempotency } from '@repo/shared/database/orders/insert-order';
import { findFirstPlaced, readBeforePlacing, type FirstPlaced } from '@repo/shared/database/orders/read-before-placing';
import { findOrder } from '@repo/shared/database/orders/read-orders';
import { SETTINGS, type HubSettings } from '../../config/settings';
import { DATABASE } from '../../platform/database/database.module';
import { ApiError } from '../../platform/errors/api-error';
import { LocalEventBus } from '../../platform/events/local-events';
import { addLogFields } from '../../platform/http/request-context';
import { draftOrder, type OrderDraft } from './draft-order';
import { jobTerms } from './job-terms';
import { orderHash } from './order-hash';
import { ORDER_NUMBERS } from './order-number';

/** The order, and whether this request made it: a repeat gets the one that the first request made, as it is now. */
export interface PlacedOrder {
  created: boolean;
  order: Order;
}

/** A made number that is taken is improbable; this many in a row mean that something else is wrong. */
const MOST_NUMBERS = 5;

/** Places orders, in two statements: one that reads, one that writes the order, its lines and its job. Needs no Redis. */
@Injectable()
export class PlaceOrder {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: HubSettings,
    @Inject(ORDER_NUMBERS) private readonly nextNumber: () => string,
    private readonly events: LocalEventBus,
  ) {}

  /**
   * @throws ApiError `invalid_request` naming every line that cannot be ordered; `conflict` for a number that is taken;
   * `idempotency_mismatch` for a key that was used with another order
   */
  async place(asked: NewOrder, idempotencyKey: string | undefined): Promise<PlacedOrder> {
    const { vendorId, lines } = asked;
    const idempotency = idempotencyKey === undefined ? null : { key: idempotencyKey, hash: orderHash(asked) };
    const skus = lines.map(({ sku }) => sku);
    const { items, first } = await readBeforePlacing(this.database.pool, vendorId, skus, idempotency?.key ?? null);
    const placed =
      first === null || idempotency === null
        ? await this.write(asked, draftOf(draftOrder(asked, items)), idempotency)
        : await this.repeat(first, idempotency);
    addLogFields({ vendorId, orderId: placed.order.id, lines: lines.length, created: placed.created });
    return placed;
  }

  private async write({ vendorId, orderNumber }: NewOrder, draft: OrderDraft, idempotency: Idempotency | null): Promise<PlacedOrder> {
    const { pool } = this.database;
    for (let tries = 0; tries < MOST_NUMBERS; tries++) {
      const numbered = { ...draft, orderNumber: orderNumber ?? this.nextNumber() };
      const order = await insertOrder(pool, numbered, idempotency, jobTerms(this.settings));
      if (order !== null) {
        this.events.emit('jobs-due', { vendorId });
        return { created: true, order };
      }
      // The key first: a repeat that was sent while the first one was under way has the same number, too.
      const first = idempotency === null ? null : await findFirstPlaced(pool, vendorId, idempotency.key);
      if (first !== null && idempotency !== null) return this.repeat(first, idempotency);
      if (typeof orderNumber === 'string') throw new ApiError('conflict', 'The vendor has an order with this number.');
    }
    throw new Error(`${MOST_NUMBERS} order numbers in a row were taken`);
  }

  private async repeat({ orderId, hash }: FirstPlaced, idempotency: Idempotency): Promise<PlacedOrder> {
    if (hash !== idempotency.hash) throw new ApiError('idempotency_mismatch', 'The idempotency key was used with another order.');
    const order = await findOrder(this.database.db, orderId);
    if (order === null) throw new Error(`the order ${orderId} of an idempotency key is not there`);
    return { created: false, order };
  }
}

function draftOf(outcome: { draft: OrderDraft } | { problems: FieldProblem[] }): OrderDraft {
  if ('draft' in outcome) return outcome.draft;
  const [first] = outcome.problems;
  throw new ApiError('invalid_request', first === undefined ? undefined : `${first.path}: ${first.message}`, { errors: outcome.problems });
}
