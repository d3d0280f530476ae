import { randomUUID } from 'node:crypto';
import type { CalledOrder } from '@repo/contracts/agent-protocol/calls';
import type { OrderReference } from '../../../src/connectors/connector';

/** An order of two lines as the hub sends it. */
export function orderCalled(more: Partial<CalledOrder> = {}): CalledOrder {
  const line = { unitPrice: '3', discountRate: '0', vatRate: '5.5', amountVatExcluded: '7.5', vatAmount: '0.41' };
  return {
    id: randomUUID(),
    orderNumber: 'SO-1',
    vendorId: 'vendor-1',
    customerId: null,
    erpCustomerCode: 'CL42',
    currency: 'EUR',
    requestedDeliveryDate: '2026-02-01',
    billingAddress: null,
    shippingAddress: { city: 'Lyon' },
    notes: null,
    amountVatExcluded: '10.5',
    vatAmount: '0.58',
    amountVatIncluded: '11.08',
    createdAt: '2026-01-31T08:30:00.000Z',
    lines: [
      { lineNo: 1, sku: 'A1', description: 'Pain', quantity: '2.5', ...line },
      { lineNo: 2, sku: 'A2', description: null, quantity: '1', ...line },
    ],
    ...more,
  };
}

/** A new job about this order. */
export const referenceOf = ({ id, orderNumber }: Pick<CalledOrder, 'id' | 'orderNumber'>): OrderReference => ({
  jobId: randomUUID(),
  orderId: id,
  orderNumber,
});
