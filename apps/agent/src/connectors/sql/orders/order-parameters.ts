import { CalledOrder, CalledOrderLine, type CalledOrder as Order } from '@repo/contracts/agent-protocol/calls';
import type { OrderReference } from '../../connector';
import type { SqlValues } from '../drivers/driver';

const REFERENCE: ReadonlySet<string> = new Set(['jobId', 'orderId', 'orderNumber', 'erpReference']);
const ADDRESSES = ['billingAddress', 'shippingAddress'] as const;
const OF_ORDER: ReadonlySet<string> = new Set([
  'jobId',
  'orderId',
  'reference',
  ...Object.keys(CalledOrder.shape).filter((field) => field !== 'lines' && field !== 'id'),
]);
/** Fields that an order has, too, are called `lineVatAmount` and so on. */
const lineName = (field: string) => (OF_ORDER.has(field) ? `line${field.charAt(0).toUpperCase()}${field.slice(1)}` : field);
const OF_LINE: ReadonlySet<string> = new Set(Object.keys(CalledOrderLine.shape).map(lineName));

/** Whether a statement may name this: in one about a whole order, about one of its lines, or about an order that was sent. */
export function isOrderParameter(name: string, where: 'order' | 'line' | 'reference'): boolean {
  if (where === 'reference') return REFERENCE.has(name);
  if (OF_ORDER.has(name) || ADDRESSES.some((address) => name.startsWith(`${address}.`))) return true;
  return where === 'line' && OF_LINE.has(name);
}

/** What the values of a statement about an order are taken from. `reference`: what the ERP calls it, once a statement has said so. */
export interface OrderFacts {
  order: Order;
  line?: Order['lines'][number];
  of: OrderReference;
  reference: string | null;
}

/** The values of these parameters. What an order or an address does not have is null. */
export function orderValues(names: readonly string[], facts: OrderFacts): SqlValues {
  return Object.fromEntries(names.map((name) => [name, sqlValue(valueOf(name, facts))]));
}

function valueOf(name: string, { order, line, of, reference }: OrderFacts): unknown {
  if (name === 'jobId' || name === 'orderId') return of[name];
  if (name === 'reference') return reference;
  for (const [field, value] of Object.entries(line ?? {})) if (lineName(field) === name) return value;
  let value: unknown = order;
  for (const part of name.split('.')) {
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? (value as Record<string, unknown>)[part] : null;
  }
  return value;
}

function sqlValue(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
}
