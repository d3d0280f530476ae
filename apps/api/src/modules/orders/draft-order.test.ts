import { NewOrder } from '@repo/contracts/operations/order-operations';
import { draftOrder } from './draft-order';

const ITEMS = new Map([
  ['A', { name: 'Alpha', vatRate: '5.5' }],
  ['B', { name: 'Beta', vatRate: '20' }],
]);
const line = { sku: 'A', quantity: '2', unitPrice: '1' };
const draft = (more: object, items = ITEMS) =>
  draftOrder(NewOrder.parse({ vendorId: 'v1', erpCustomerCode: 'C1', lines: [line], ...more }), items);

describe('a draft', () => {
  it('has null for what is absent, and takes currency, description, discount and VAT rate from where they are', () => {
    expect(draft({})).toEqual({
      draft: {
        vendorId: 'v1',
        customerId: null,
        erpCustomerCode: 'C1',
        currency: 'EUR',
        requestedDeliveryDate: null,
        billingAddress: null,
        shippingAddress: null,
        notes: null,
        amountVatExcluded: '2',
        vatAmount: '0.11',
        amountVatIncluded: '2.11',
        lines: [{ lineNo: 1, ...line, description: 'Alpha', discountRate: '0', vatRate: '5.5', amountVatExcluded: '2', vatAmount: '0.11' }],
      },
    });
  });

  it('keeps what the client says, also when that is nothing', () => {
    const said = { description: '', vatRate: '0', discountRate: '100' };
    const outcome = draft({ currency: 'USD', notes: '', lines: [{ ...line, ...said }] });
    expect(outcome).toMatchObject({ draft: { currency: 'USD', notes: '', lines: [{ ...said, vatAmount: '0' }] } });
  });

  it('names every line whose SKU is no item, before anything else', () => {
    const lines = ['x', 'A', 'a', 'B', ''].map((sku) => ({
      ...line,
      unitPrice: '9'.repeat(20),
      quantity: '9'.repeat(20),
      sku: sku || 'A ',
    }));
    expect(draft({ lines })).toEqual({
      problems: [0, 2, 4].map((i) => ({ path: `lines[${i}].sku`, message: 'is not an item of the vendor' })),
    });
  });

  it('names lines that come to too much', () => {
    expect(draft({ lines: [line, { ...line, unitPrice: '9'.repeat(20) }] })).toMatchObject({ problems: [{ path: 'lines[1]' }] });
  });
});
