import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { NewOrder } from '@repo/contracts/operations/order-operations';
import { ORDER_FILES, readOrders, type OrderRow } from './read-orders';

const HEADER = 'order_id,customer_id,required_date,ship_name,ship_address,ship_city,ship_region,ship_postal_code,ship_country';
const ORDERS = `${HEADER}\n10248,VINET,8/1/1996,Vins,"59 rue, de l'Abbaye",Reims,,51100,France\n10249,TOMSP,12/31/1996,Toms,a,b,c,d,e\n`;
const LINES = 'order_id,product_id,unit_price,quantity,discount\n10249,14,18.6,9,0.15\n10248,11,14,12,0\n10249,51,42.4,40,1\n';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orders-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(orders: string, lines: string): Promise<OrderRow[]> {
  await writeFile(join(folder, ORDER_FILES.orders), orders);
  await writeFile(join(folder, ORDER_FILES.lines), lines);
  return collect(folder);
}
async function collect(from: string): Promise<OrderRow[]> {
  const all: OrderRow[] = [];
  for await (const order of readOrders(from)) all.push(order);
  return all;
}

describe('orders', () => {
  it('come with their lines, days as ISO, discounts in percent, and no empty parts of an address', async () => {
    expect(await read(ORDERS, LINES)).toEqual([
      {
        vendorId: 'northwind',
        orderNumber: '10248',
        customerId: 'VINET',
        erpCustomerCode: 'VINET',
        currency: 'USD',
        requestedDeliveryDate: '1996-08-01',
        shippingAddress: { name: 'Vins', street: "59 rue, de l'Abbaye", city: 'Reims', postalCode: '51100', country: 'France' },
        lines: [{ sku: '11', quantity: '12', unitPrice: '14', discountRate: '0' }],
      },
      expect.objectContaining({
        orderNumber: '10249',
        requestedDeliveryDate: '1996-12-31',
        lines: [
          { sku: '14', quantity: '9', unitPrice: '18.6', discountRate: '15' },
          { sku: '51', quantity: '40', unitPrice: '42.4', discountRate: '100' },
        ],
      }),
    ]);
  });

  it.each([
    ['a line that belongs to no order', ORDERS, `${LINES}10250,1,1,1,0\n`, /lacks the orders 10250/],
    ['a column that is not there', ORDERS, LINES.replace('unit_price', 'price'), /lacks the column "unit_price"/],
    ['a day that is none', ORDERS.replace('8/1/1996', '1996-08-01'), LINES, /"1996-08-01" is no day/],
    ['a discount that is none', ORDERS, LINES.replace('0.15', '15 %'), /"15 %" is no share/],
  ])('are not read with %s', async (_what, orders, lines, message) => {
    await expect(read(orders, lines)).rejects.toThrow(message);
  });

  it('are not read from a folder that has none', async () => {
    await expect(collect(folder)).rejects.toThrow(ORDER_FILES.lines);
  });
});

// The data is third-party and not part of the project: with it this reads every order, without it there is nothing to read.
const REAL = process.env['REAL_DATA_DIR'] ?? resolve(__dirname, '../../../../shared/data');

it('reads the real orders to the last line, all of which the contract takes', async () => {
  if (!existsSync(join(REAL, ORDER_FILES.orders))) {
    console.log(`NOT TESTED: the real orders are not here (${REAL}); REAL_DATA_DIR says where they are`);
    return;
  }
  const orders = await collect(REAL);
  expect(orders.length).toBe(830);
  expect(orders.flatMap(({ lines }) => lines).length).toBe(2_155);
  for (const order of orders) expect(NewOrder.safeParse(order).error?.issues).toBeUndefined();
});
