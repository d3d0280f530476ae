import { Controller, Inject, Res } from '@nestjs/common';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import { cancelOrder, getOrder, listOrders, placeOrder } from '@repo/contracts/operations/order-operations';
import type { Database } from '@repo/shared/database/connect';
import { findOrder, listOrders as readOrders } from '@repo/shared/database/orders/read-orders';
import type { FastifyReply } from 'fastify';
import { DATABASE } from '../../platform/database/database.module';
import { ApiError } from '../../platform/errors/api-error';
import { Input } from '../../platform/http/input.decorator';
import { Operation } from '../../platform/http/operation.decorator';
import { addLogFields } from '../../platform/http/request-context';
import { CancelOrder } from './cancel-order';
import { PlaceOrder } from './place-order';

/** What storefronts do with orders. */
@Controller()
export class OrdersController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly placing: PlaceOrder,
    private readonly cancelling: CancelOrder,
  ) {}

  @Operation(placeOrder)
  async place(
    @Input() { headers, body }: InputOf<typeof placeOrder>,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<Reply<typeof placeOrder>> {
    const { created, order } = await this.placing.place(body, headers['idempotency-key']);
    if (!created) response.status(200);
    return order;
  }

  @Operation(listOrders)
  async list(@Input() { query }: InputOf<typeof listOrders>): Promise<Reply<typeof listOrders>> {
    const page = await readOrders(this.database.db, query, query);
    addLogFields({ vendorId: query.vendorId, rows: page.data.length });
    return page;
  }

  @Operation(getOrder)
  async find(@Input() { params }: InputOf<typeof getOrder>): Promise<Reply<typeof getOrder>> {
    const order = await findOrder(this.database.db, params.id);
    if (order === null) throw new ApiError('not_found', 'There is no order with this id.');
    addLogFields({ vendorId: order.vendorId });
    return order;
  }

  @Operation(cancelOrder)
  cancel(@Input() { params }: InputOf<typeof cancelOrder>): Promise<Reply<typeof cancelOrder>> {
    return this.cancelling.cancel(params.id);
  }
}
