import type { CalledOrder } from '@repo/contracts/agent-protocol/calls';

/** Which order is meant. `jobId` is the same however often it is sent. */
export interface OrderReference {
  jobId: string;
  orderId: string;
  orderNumber: string;
}

/** What the ERP made of a job. `failed`: certainly nothing was done; `retryable` when the same may work later by itself. */
export type ErpOutcome =
  /** What the ERP calls the order, 1–255 characters; null on a creation stands for the order's number. Metadata: at most 16 KB of JSON. */
  | { status: 'completed'; erpReference: string | null; metadata?: Record<string, unknown> | null }
  /** The ERP has it, and will tell later: by `findOrder`, or by `settle`. */
  | { status: 'accepted' }
  | { status: 'failed'; error: string; retryable: boolean };

/**
 * An ERP that takes orders, and need not recognise a repeated one. A method that rejects leaves open whether it was done,
 * unless with `RetryLater` (certainly nothing was done) or `RefuseOrder` (nor ever will be). Every method has to end by itself,
 * also when the ERP says nothing.
 */
export interface ErpOrders {
  /** Creates an order. Called again for a job only when `findOrder` has said that it is not there, or it failed. */
  createOrder(order: CalledOrder, reference: OrderReference, signal: AbortSignal): Promise<ErpOutcome>;
  /** Cancels an order, and may be called again: one that is cancelled already, or that the ERP does not have, is `completed`. */
  cancelOrder(reference: OrderReference & { erpReference: string | null }, signal: AbortSignal): Promise<ErpOutcome>;
  /** What became of the creation of an order; undefined only when it is certainly not there. */
  findOrder(reference: OrderReference, signal: AbortSignal): Promise<ErpOutcome | undefined>;
  /** The same for a cancellation that `cancelOrder` called `accepted`. Without it `settle` has to tell. */
  findCancellation?(reference: OrderReference, signal: AbortSignal): Promise<ErpOutcome | undefined>;
}
