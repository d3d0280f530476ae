import { Module } from '@nestjs/common';
import { CancelOrder } from './cancel-order';
import { nextOrderNumber, ORDER_NUMBERS } from './order-number';
import { OrdersController } from './orders.controller';
import { PlaceOrder } from './place-order';

/** Orders of storefronts: placed, read and cancelled here, delivered elsewhere. */
@Module({
  controllers: [OrdersController],
  providers: [PlaceOrder, CancelOrder, { provide: ORDER_NUMBERS, useValue: nextOrderNumber }],
  exports: [CancelOrder],
})
export class OrdersModule {}
