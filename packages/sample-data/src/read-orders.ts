import { join } from 'node:path';
import { csvRecords } from './csv/csv-records';
import { formatUnits, parseUnits } from './decimal';

/** An order as a storefront places it: decimals are strings, rates in percent, the day as `1996-08-01`. */
export interface OrderRow {
  vendorId: string;
  orderNumber: string;
  customerId: string;
  erpCustomerCode: string;
  currency: string;
  requestedDeliveryDate: string;
  shippingAddress: Record<string, string>;
  lines: OrderLineRow[];
}
export interface OrderLineRow {
  sku: string;
  quantity: string;
  unitPrice: string;
  discountRate: string;
}

/** The files of the Northwind sample that hold its orders; their items are those of its catalogue. */
export const ORDER_FILES = { orders: 'northwind_orders.csv', lines: 'northwind_order_lines.csv' } as const;

const FORMAT = { delimiter: ',', encoding: 'utf-8' };
const ADDRESS = {
  name: 'ship_name',
  street: 'ship_address',
  city: 'ship_city',
  region: 'ship_region',
  postalCode: 'ship_postal_code',
  country: 'ship_country',
} as const;

/**
 * The orders of the Northwind sample in a folder, in the order of their file, each with its lines. Throws when a file or a
 * column is not there, when a value is not what it should be, and when a line belongs to no order.
 */
export async function* readOrders(folder: string): AsyncGenerator<OrderRow, void, undefined> {
  const lines = await linesByOrder(join(folder, ORDER_FILES.lines));
  for await (const cell of namedRecords(join(folder, ORDER_FILES.orders))) {
    const orderNumber = cell('order_id');
    yield {
      vendorId: 'northwind',
      orderNumber,
      customerId: cell('customer_id'),
      erpCustomerCode: cell('customer_id'),
      currency: 'USD',
      requestedDeliveryDate: isoDate(cell('required_date')),
      shippingAddress: addressOf(cell),
      lines: lines.get(orderNumber) ?? [],
    };
    lines.delete(orderNumber);
  }
  if (lines.size > 0) throw new Error(`${ORDER_FILES.orders} lacks the orders ${[...lines.keys()].slice(0, 5).join(', ')}`);
}

type Cell = (column: string) => string;

/** The records of a file, each as what gives the cell of a column. */
async function* namedRecords(file: string): AsyncGenerator<Cell, void, undefined> {
  let header: string[] | undefined;
  for await (const cells of csvRecords(file, FORMAT)) {
    const names = (header ??= cells);
    if (names === cells) continue;
    yield (column) => {
      const cell = cells[names.indexOf(column)];
      if (cell === undefined) throw new Error(`${file} lacks the column "${column}"`);
      return cell;
    };
  }
}

async function linesByOrder(file: string): Promise<Map<string, OrderLineRow[]>> {
  const lines = new Map<string, OrderLineRow[]>();
  for await (const cell of namedRecords(file)) {
    const ofOrder = lines.get(cell('order_id')) ?? [];
    lines.set(cell('order_id'), ofOrder);
    ofOrder.push({
      sku: cell('product_id'),
      quantity: cell('quantity'),
      unitPrice: cell('unit_price'),
      discountRate: percentOf(cell('discount')),
    });
  }
  return lines;
}

function addressOf(cell: Cell): Record<string, string> {
  const known = Object.entries(ADDRESS).map(([property, column]): [string, string] => [property, cell(column)]);
  return Object.fromEntries(known.filter(([, value]) => value !== ''));
}

/** `8/1/1996` is the first of August. */
function isoDate(american: string): string {
  const [, month = '', day = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(american) ?? [];
  if (year === '') throw new Error(`"${american}" is no day such as 8/1/1996`);
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** `0.05` of the whole is 5 percent. */
function percentOf(share: string): string {
  const units = parseUnits(share, 12);
  if (units === undefined) throw new Error(`"${share}" is no share such as 0.05`);
  return formatUnits(units, 10);
}
