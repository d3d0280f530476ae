import { CancelOrderCall, CreateOrderCall, OrderStatusCall, type OrderOperation } from '@repo/contracts/agent-protocol/calls';
import type { CallKind } from './faults';

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

/** Reads the body of a call, or says what in it breaks the contract. */
export function readJob(call: CallKind, vendorId: string, body: unknown): Job | { fault: string } {
  if (call === 'create-order') {
    const parsed = CreateOrderCall.safeParse(body);
    if (!parsed.success) return { fault: parsed.error.message };
    const { order, ...about } = parsed.data;
    const { lines, amountVatIncluded: total } = order;
    return { vendorId, operation: 'create_order', ...about, erpReference: null, lines: lines.length, total };
  }
  if (call === 'cancel-order') {
    const parsed = CancelOrderCall.safeParse(body);
    if (!parsed.success) return { fault: parsed.error.message };
    const { erpReference = null, ...about } = parsed.data;
    return { vendorId, operation: 'cancel_order', ...about, erpReference, lines: 0, total: null };
  }
  const parsed = OrderStatusCall.safeParse(body);
  if (!parsed.success) return { fault: parsed.error.message };
  return { vendorId, operation: null, ...parsed.data, attempt: null, erpReference: null, lines: 0, total: null };
}
