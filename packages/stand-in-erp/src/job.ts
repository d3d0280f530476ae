import type { CancelOrderCall, CreateOrderCall, OrderOperation, OrderStatusCall } from '@repo/contracts/agent-protocol/calls';

/** What one call is about. */
export interface Job {
  vendorId: string;
  /** Null for a question. */
  operation: OrderOperation | null;
  jobId: string;
  orderId: string;
  orderNumber: string;
  attempt: number | null;
  /** Which order of the ERP to cancel, when the hub knows it. */
  erpReference: string | null;
  lines: number;
  total: string | null;
}

export function creation(vendorId: string, { order, ...about }: CreateOrderCall): Job {
  const { lines, amountVatIncluded: total } = order;
  return { vendorId, operation: 'create_order', ...about, erpReference: null, lines: lines.length, total };
}

export function cancellation(vendorId: string, { erpReference = null, ...about }: CancelOrderCall): Job {
  return { vendorId, operation: 'cancel_order', ...about, erpReference, lines: 0, total: null };
}

export function question(vendorId: string, about: OrderStatusCall): Job {
  return { vendorId, operation: null, ...about, attempt: null, erpReference: null, lines: 0, total: null };
}
