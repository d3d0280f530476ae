import { CancelOrderCall, CreateOrderCall, OrderStatusCall } from './calls';

const id = '019b0000-0000-7000-8000-000000000001';
const job = { jobId: id, orderId: id, orderNumber: 'O-1' };
const line = {
  lineNo: 1,
  sku: 'A-1',
  description: null,
  quantity: '2',
  unitPrice: '12.5',
  discountRate: '0',
  vatRate: '5.5',
  amountVatExcluded: '25',
  vatAmount: '1.375',
};
const order = {
  id,
  orderNumber: 'O-1',
  vendorId: 'vendor-1',
  customerId: null,
  erpCustomerCode: 'C-1',
  currency: 'EUR',
  requestedDeliveryDate: '2026-02-01',
  billingAddress: null,
  shippingAddress: { city: 'Lyon', lines: ['1 rue X'] },
  notes: null,
  amountVatExcluded: '25',
  vatAmount: '1.375',
  amountVatIncluded: '26.375',
  createdAt: '2026-01-31T08:30:00.000Z',
  lines: [line],
};
const call = { ...job, attempt: 1, order };
const passes = (body: unknown) => CreateOrderCall.safeParse(body).success;

describe('the body of create-order', () => {
  it('comes out as it went in', () => expect(CreateOrderCall.parse(call)).toEqual(call));

  it('may hold what an older agent does not know', () => {
    expect(CreateOrderCall.parse({ ...call, priority: 'high', order: { ...order, lines: [{ ...line, lot: 'L' }] } })).toEqual(call);
  });

  it.each(['customerId', 'requestedDeliveryDate', 'billingAddress', 'shippingAddress', 'notes'] as const)(
    'says null for a missing %s, never nothing',
    (name) => {
      expect(passes({ ...call, order: { ...order, [name]: null } })).toBe(true);
      expect(passes({ ...call, order: { ...order, [name]: undefined } })).toBe(false);
    },
  );

  it('has decimals as canonical text alone', () => {
    for (const quantity of [2, '2.0', '2e0', '', '-0', null]) {
      expect(passes({ ...call, order: { ...order, lines: [{ ...line, quantity }] } })).toBe(false);
    }
  });

  it('has at least one line and an attempt from 1', () => {
    expect(passes({ ...call, order: { ...order, lines: [] } })).toBe(false);
    expect(passes({ ...call, attempt: 0 })).toBe(false);
  });
});

it('cancel-order may know the reference of the ERP, and order-status needs the job alone', () => {
  for (const more of [{}, { erpReference: null }, { erpReference: 'SO-1' }]) {
    expect(CancelOrderCall.parse({ ...job, attempt: 2, ...more })).toEqual({ ...job, attempt: 2, ...more });
  }
  expect(OrderStatusCall.parse(job)).toEqual(job);
  expect(OrderStatusCall.safeParse({ ...job, jobId: 'x' }).success).toBe(false);
});
