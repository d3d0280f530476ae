import { z } from 'zod';
import { isCanonicalDecimal } from '../decimal';
import { CalendarDate, freeObject, ReplyTime, text, Uuid, VendorId } from '../primitives';

// Neither side refuses a property that it does not know: a newer agent or hub must not break orders. What is required
// must be right all the same.

/** What a job does at the ERP. */
export type OrderOperation = 'create_order' | 'cancel_order';

/** Where the hub posts each call, appended to the agent's URL. */
export const ORDER_CALL_PATHS = {
  create_order: '/sync/create-order',
  cancel_order: '/sync/cancel-order',
  order_status: '/sync/order-status',
} as const satisfies Record<OrderOperation | 'order_status', string>;

/** The most bytes of JSON that the metadata of an outcome may have. */
export const MOST_METADATA_BYTES = 16 * 1024;
/** The most characters of an error that is read; how much of it is kept is the hub's business. */
export const LONGEST_AGENT_ERROR = 10_000;

/** A decimal on its way to an agent: text, without trailing zeros. */
const DecimalText = z.string().refine(isCanonicalDecimal, { error: 'must be a decimal as text' });
const Address = z.record(z.string(), z.unknown()).nullable();

/** A line of an order. Rates are in percent, amounts in the order's currency. */
export const CalledOrderLine = z.object({
  lineNo: z.int().min(1),
  sku: z.string(),
  description: z.string().nullable(),
  quantity: DecimalText,
  unitPrice: DecimalText,
  discountRate: DecimalText,
  vatRate: DecimalText,
  amountVatExcluded: DecimalText,
  vatAmount: DecimalText,
});
export type CalledOrderLine = z.infer<typeof CalledOrderLine>;

/** An order as an agent gets it. What the order does not have is null. */
export const CalledOrder = z.object({
  id: Uuid,
  orderNumber: z.string(),
  vendorId: VendorId,
  customerId: z.string().nullable(),
  erpCustomerCode: z.string(),
  /** ISO 4217. */
  currency: z.string(),
  requestedDeliveryDate: CalendarDate.nullable(),
  billingAddress: Address,
  shippingAddress: Address,
  notes: z.string().nullable(),
  amountVatExcluded: DecimalText,
  vatAmount: DecimalText,
  amountVatIncluded: DecimalText,
  createdAt: ReplyTime,
  lines: z.array(CalledOrderLine).min(1),
});
export type CalledOrder = z.infer<typeof CalledOrder>;

const aboutJob = { jobId: Uuid, orderId: Uuid, orderNumber: z.string() };
/** How often the job was sent, this time included. */
const attempt = z.int().min(1);

/** Body of `/sync/create-order`. */
export const CreateOrderCall = z.object({ ...aboutJob, attempt, order: CalledOrder });
export type CreateOrderCall = z.infer<typeof CreateOrderCall>;

/** Body of `/sync/cancel-order`. `erpReference`: what the ERP called the order, when the hub was told. */
export const CancelOrderCall = z.object({ ...aboutJob, erpReference: z.string().nullish(), attempt });
export type CancelOrderCall = z.infer<typeof CancelOrderCall>;

/** Body of `/sync/order-status`, which asks what became of one job. */
export const OrderStatusCall = z.object(aboutJob);
export type OrderStatusCall = z.infer<typeof OrderStatusCall>;

const ErpReference = text(255, 1);
const AgentError = text(LONGEST_AGENT_ERROR);
const metadata = freeObject(MOST_METADATA_BYTES).nullish();
const FailedReply = z.object({ status: z.literal('failed'), error: AgentError, retryable: z.boolean() });

/** Reply with 202: the outcome follows as a callback. */
export const AcceptedReply = z.object({ accepted: z.literal(true) });
export type AcceptedReply = z.infer<typeof AcceptedReply>;

/** Reply of `/sync/create-order` with 200. */
export const CreateOrderOutcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal('completed'), erpReference: ErpReference, metadata }),
  FailedReply,
]);
export type CreateOrderOutcome = z.infer<typeof CreateOrderOutcome>;

/** Reply of `/sync/cancel-order` with 200. */
export const CancelOrderOutcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal('completed'), erpReference: ErpReference.nullish(), metadata }),
  FailedReply,
]);
export type CancelOrderOutcome = z.infer<typeof CancelOrderOutcome>;

/** Reply of `/sync/order-status` with 200. `erpReference` goes with `completed`, `error` and `retryable` with `failed`. */
export const OrderStatusReply = z.discriminatedUnion('known', [
  z.object({ known: z.literal(false) }),
  z.object({
    known: z.literal(true),
    status: z.enum(['accepted', 'completed', 'failed']),
    erpReference: ErpReference.nullish(),
    error: AgentError.nullish(),
    retryable: z.boolean().nullish(),
  }),
]);
export type OrderStatusReply = z.infer<typeof OrderStatusReply>;
