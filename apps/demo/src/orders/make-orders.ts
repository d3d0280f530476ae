import type { NewOrder } from '@repo/contracts/operations/order-operations';
import type { ItemRow } from '@repo/sample-data/rows';

/** An order as it is sent. */
export type OrderToPlace = Pick<NewOrder, 'vendorId' | 'erpCustomerCode'> & { orderNumber: string } & Record<string, unknown>;

const CUSTOMERS = 23;
const MOST_LINES = 6;
const MOST_OF_ONE = 12;
// Steps without a common factor with what they walk through: neighbours differ, and every run is the same.
const STEP = 7;

/** Invented orders of restaurants for items that a vendor has. `items` holds at least one. */
export function makeOrders(vendorId: string, items: readonly ItemRow[], many: number): OrderToPlace[] {
  return Array.from({ length: many }, (_, nth) => ({
    vendorId,
    orderNumber: `DEMO-${String(nth + 1).padStart(4, '0')}`,
    customerId: `resto-${(nth * STEP) % CUSTOMERS}`,
    erpCustomerCode: `C${String((nth * STEP) % CUSTOMERS).padStart(5, '0')}`,
    lines: linesOf(nth, items),
  }));
}

function linesOf(nth: number, items: readonly ItemRow[]) {
  const lines = Math.min(items.length, 1 + (nth % MOST_LINES));
  return Array.from({ length: lines }, (_, line) => {
    const item = items[(nth * STEP + line) % items.length] as ItemRow;
    return { sku: item.sku, quantity: String(1 + ((nth + line * STEP) % MOST_OF_ONE)), unitPrice: priceOf(item) };
  });
}

/** Catalogues of others may know no price, or a credit as one; an order needs some. */
function priceOf({ priceExclVat, unitPrice, catalogPrice }: ItemRow): string {
  return [priceExclVat, unitPrice, catalogPrice].find((price) => typeof price === 'string' && /^\d/.test(price)) ?? '1';
}
