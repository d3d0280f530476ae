import { CalledOrder, CalledOrderLine, type CalledOrder as Order } from '@repo/contracts/agent-protocol/calls';
import { z } from 'zod';
import type { OrderReference } from '../../connector';
import type { Scalar } from '../../mapping/field-rule';

const ADDRESSES = ['billingAddress', 'shippingAddress'] as const;
const OF_ORDER = Object.keys(CalledOrder.shape).filter((field) => field !== 'lines' && field !== 'vendorId');
const OF_LINE = Object.keys(CalledOrderLine.shape).map((field) => `line.${field}`);
const KNOWN: ReadonlySet<string> = new Set(['jobId', ...OF_ORDER, ...OF_LINE]);

/** Whether this names something of an order: `orderNumber`, `line.sku`, `shippingAddress.city`. */
export const isOrderField = (field: string): boolean =>
  KNOWN.has(field) || ADDRESSES.some((address) => field.startsWith(`${address}.`) && field.length > address.length + 1);

/** What a column of an order file holds. */
export const OrderColumn = z.union(
  [
    z.string().refine(isOrderField, {
      error: `must be one of ${[...KNOWN].join(', ')}, or a part of an address such as shippingAddress.city`,
    }),
    z.strictObject({ constant: z.union([z.string(), z.number(), z.boolean(), z.null()]) }),
  ],
  { error: `must be one of ${[...KNOWN].join(', ')}, a part of an address such as shippingAddress.city, or { "constant": … }` },
);
export type OrderColumn = z.infer<typeof OrderColumn>;

/** All there is, by its own names. */
export const ALL_COLUMNS: Readonly<Record<string, OrderColumn>> = Object.fromEntries([...KNOWN].map((field) => [field, field]));

/** The fields whose numbers are written with the decimal sign of the file. */
export const DECIMAL_FIELDS: ReadonlySet<string> = new Set([
  'amountVatExcluded',
  'vatAmount',
  'amountVatIncluded',
  ...OF_LINE.filter((field) => !['line.lineNo', 'line.sku', 'line.description'].includes(field)),
]);

/** The value of a column for one line of an order; null where there is none. */
export function orderValue(column: OrderColumn, order: Order, line: Order['lines'][number], reference: OrderReference): Scalar {
  if (typeof column !== 'string') return column.constant;
  if (column === 'jobId') return reference.jobId;
  const [first = '', ...rest] = column.split('.');
  const holder = first === 'line' ? line : order;
  const path = first === 'line' ? rest : [first, ...rest];
  let value: unknown = holder;
  for (const name of path) {
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : null;
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === null || value === undefined ? null : JSON.stringify(value);
}
