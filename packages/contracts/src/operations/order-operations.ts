import { z } from 'zod';
import { CalendarDate, decimal, freeObject, PageQuery, paged, pattern, ReplyTime, text, Uuid, VendorId } from '../primitives';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

/** The most lines of one order. */
export const MOST_LINES = 500;
/** The currency of an order that names none. */
export const DEFAULT_CURRENCY = 'EUR';
const MOST_ADDRESS_BYTES = 16 * 1024;

/** How far an order has got with its vendor's ERP. */
export const ErpStatus = z.enum(['pending', 'syncing', 'confirmed', 'failed', 'cancelling', 'cancelled']);
export type ErpStatus = z.infer<typeof ErpStatus>;

/** A line as a client orders it. Rates are in percent; `unitPrice` excludes VAT, in the order's currency. */
export const NewOrderLine = z
  .strictObject({
    sku: text(100, 1),
    quantity: decimal({ positive: true }),
    unitPrice: decimal({ min: 0 }),
    discountRate: decimal({ min: 0, max: 100 }).nullish().meta({ description: 'In percent; 0 when absent.' }),
    vatRate: decimal({ min: 0, max: 100 }).nullish().meta({ description: "In percent; the item's mapped one when absent." }),
    description: text(255).nullish().meta({ description: "The item's name when absent." }),
  })
  .meta({ id: 'NewOrderLine' });
export type NewOrderLine = z.infer<typeof NewOrderLine>;

const lines = z.array(NewOrderLine).min(1, { error: 'must hold at least one line' });
const newOrder = {
  vendorId: VendorId,
  orderNumber: text(100, 1).nullish().meta({ description: 'Unique within the vendor; made when absent.' }),
  customerId: text(100).nullish(),
  erpCustomerCode: text(100, 1),
  currency: pattern(/^[A-Z]{3}$/, 'an ISO 4217 code such as EUR')
    .nullish()
    .meta({ description: `ISO 4217; ${DEFAULT_CURRENCY} when absent.` }),
  requestedDeliveryDate: CalendarDate.nullish(),
  billingAddress: freeObject(MOST_ADDRESS_BYTES).nullish(),
  shippingAddress: freeObject(MOST_ADDRESS_BYTES).nullish(),
  notes: text(2_000).nullish(),
};
/** An order as a client places it. */
export const NewOrder = z.strictObject({ ...newOrder, lines });
export type NewOrder = z.infer<typeof NewOrder>;

/** A line of a placed order. Rates are in percent, amounts in the order's currency, rounded to cents. */
export const OrderLine = z
  .strictObject({
    lineNo: z.int(),
    sku: z.string(),
    description: z.string().nullable(),
    quantity: z.string(),
    unitPrice: z.string(),
    discountRate: z.string(),
    vatRate: z.string(),
    amountVatExcluded: z.string(),
    vatAmount: z.string(),
  })
  .meta({ id: 'OrderLine' });
export type OrderLine = z.infer<typeof OrderLine>;

const address = z.record(z.string(), z.unknown()).nullable();

/** A placed order, its lines in their order, and how far it has got with the ERP. */
export const Order = z
  .strictObject({
    id: Uuid,
    orderNumber: z.string(),
    vendorId: VendorId,
    customerId: z.string().nullable(),
    erpCustomerCode: z.string(),
    currency: z.string(),
    requestedDeliveryDate: z.string().nullable(),
    billingAddress: address,
    shippingAddress: address,
    notes: z.string().nullable(),
    createdAt: ReplyTime,
    updatedAt: ReplyTime,
    lines: z.array(OrderLine),
    amountVatExcluded: z.string(),
    vatAmount: z.string(),
    amountVatIncluded: z.string(),
    erp: z.strictObject({
      status: ErpStatus,
      /** Null when it was cleaned up, long after it had ended. */
      jobId: Uuid.nullable().meta({ description: 'The job that last concerned the order.' }),
      erpReference: z.string().nullable(),
      error: z.string().nullable(),
      syncedAt: ReplyTime.nullable(),
    }),
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof Order>;

/** Printable ASCII, as headers can hold it. */
const IdempotencyKey = pattern(/^[\x20-\x7e]{1,255}$/, '1 to 255 printable ASCII characters', {
  description: 'Makes a repeat of the same order harmless: it gives the first one again. Kept with the order.',
});

const shared = { tag: 'Orders', access: 'orders', limit: 'orders' } as const;
const one = { ...shared, params: z.strictObject({ id: Uuid }), status: 200, reply: Order } as const;

export const placeOrder = operation({
  ...shared,
  id: 'placeOrder',
  method: 'POST',
  path: '/api/orders',
  summary: 'Place an order; it goes to the ERP in the background',
  description:
    '200 instead of 201 when the `Idempotency-Key` was used before, with the same order. Line net = quantity × unit price × ' +
    '(1 − discount rate / 100), VAT = net × VAT rate / 100, each rounded to cents, half away from zero; totals are sums of lines.',
  headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
  // Not by the schema: too many are refused before anything in them is looked at.
  mostRows: { of: 'lines', most: MOST_LINES },
  body: NewOrder,
  documentedBody: z.strictObject({ ...newOrder, lines: lines.max(MOST_LINES) }).meta({ id: 'NewOrder' }),
  status: 201,
  alsoStatus: [200],
  reply: Order,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden', 'too_many_rows', 'conflict', 'idempotency_mismatch'],
  example: {
    vendorId: 'vendor-1',
    orderNumber: 'WEB-2026-0117',
    customerId: 'resto-42',
    erpCustomerCode: 'C00042',
    currency: 'EUR',
    requestedDeliveryDate: '2026-02-03',
    shippingAddress: { name: 'Chez Louise', street: '12 rue des Halles', postalCode: '69002', city: 'Lyon', country: 'FR' },
    notes: 'Livraison avant 7 h',
    lines: [
      { sku: 'A-1', quantity: '12', unitPrice: '4.35', discountRate: '2.5', vatRate: '5.5', description: 'Crème brûlée 6×90 g' },
      { sku: 'A-2', quantity: 0.75, unitPrice: 18 },
    ],
  },
});

export const listOrders = operation({
  ...shared,
  id: 'listOrders',
  method: 'GET',
  path: '/api/orders',
  summary: 'List orders, newest first',
  query: z.strictObject({ ...PageQuery, vendorId: VendorId.optional(), erpStatus: ErpStatus.optional() }),
  status: 200,
  reply: paged(Order),
  errors: [...COMMON_ERRORS, 'forbidden'],
});

export const getOrder = operation({
  ...one,
  id: 'getOrder',
  method: 'GET',
  path: '/api/orders/:id',
  summary: 'One order',
  errors: [...COMMON_ERRORS, 'forbidden', 'not_found'],
});

export const cancelOrder = operation({
  ...one,
  id: 'cancelOrder',
  method: 'POST',
  path: '/api/orders/:id/cancel',
  summary: 'Cancel an order',
  description:
    'Cancelled at once when the ERP was not told of it yet; otherwise a `cancel_order` job goes behind the job that told it, and ' +
    'the order is `cancelling` until the ERP has answered. Asking again while it is `cancelling` changes nothing.',
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden', 'not_found', 'invalid_transition'],
});
