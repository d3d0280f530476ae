import { DEFAULT_CURRENCY, type NewOrder, type NewOrderLine } from '@repo/contracts/operations/order-operations';
import type { FieldProblem } from '@repo/contracts/problem';
import type { OrderToInsert } from '@repo/shared/database/orders/insert-order';
import type { OrderedItem } from '@repo/shared/database/orders/read-before-placing';
import { orderAmounts } from './order-amounts';

/** An order that can be written as soon as it has a number. */
export type OrderDraft = Omit<OrderToInsert, 'orderNumber'>;

/**
 * The order that a client asks for, with what its lines take from the vendor's items, and its amounts; or every line that
 * names no item, or comes to too much.
 */
export function draftOrder(order: NewOrder, items: ReadonlyMap<string, OrderedItem>): { draft: OrderDraft } | { problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const lines = order.lines.flatMap((line, i) => {
    const item = items.get(line.sku);
    if (item !== undefined) return [completed(line, i + 1, item)];
    problems.push({ path: `lines[${i}].sku`, message: 'is not an item of the vendor' });
    return [];
  });
  if (problems.length > 0) return { problems };
  const outcome = orderAmounts(lines);
  if ('problems' in outcome) return outcome;
  return {
    draft: {
      vendorId: order.vendorId,
      customerId: order.customerId ?? null,
      erpCustomerCode: order.erpCustomerCode,
      currency: order.currency ?? DEFAULT_CURRENCY,
      requestedDeliveryDate: order.requestedDeliveryDate ?? null,
      billingAddress: order.billingAddress ?? null,
      shippingAddress: order.shippingAddress ?? null,
      notes: order.notes ?? null,
      ...outcome.amounts,
    },
  };
}

function completed({ sku, quantity, unitPrice, ...line }: NewOrderLine, lineNo: number, item: OrderedItem) {
  return {
    lineNo,
    sku,
    description: line.description ?? item.name,
    quantity,
    unitPrice,
    discountRate: line.discountRate ?? '0',
    vatRate: line.vatRate ?? item.vatRate,
  };
}
