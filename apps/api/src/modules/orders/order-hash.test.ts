import { isDeepStrictEqual } from 'node:util';
import { NewOrder } from '@repo/contracts/operations/order-operations';
import * as fc from 'fast-check';
import { orderHash } from './order-hash';

const ORDER = {
  vendorId: 'v1',
  erpCustomerCode: 'C1',
  shippingAddress: { street: 'a', floors: [1, 2], extra: { b: 1, a: null } },
  lines: [
    { sku: 'A', quantity: '1.5', unitPrice: '2' },
    { sku: 'B', quantity: '1', unitPrice: '2' },
  ],
};
type Loose = Record<string, unknown>;
const hashOf = (body: unknown) => orderHash(NewOrder.parse(body));
const hash = hashOf(ORDER);
const firstLine = (more: Loose) => ({ ...ORDER, lines: [{ ...ORDER.lines[0], ...more }, ORDER.lines[1]] });

describe('the hash of an order', () => {
  it.each([
    ['decimals are written otherwise', firstLine({ quantity: 1.5, unitPrice: '02.00' })],
    ['absent properties are null', { ...firstLine({ vatRate: null, description: null }), notes: null, orderNumber: null }],
    ['properties come in another order', Object.fromEntries(Object.entries(ORDER).reverse())],
    ['and so within', { ...ORDER, shippingAddress: { extra: { a: null, b: 1 }, floors: [1, 2], street: 'a' } }],
  ])('is the same when %s', (_what, body) => expect(hashOf(body)).toBe(hash));

  it.each([
    ['a quantity', firstLine({ quantity: '1.6' })],
    ['an added property', { ...ORDER, notes: '' }],
    ['the order of lines', { ...ORDER, lines: [...ORDER.lines].reverse() }],
    ['a line more', { ...ORDER, lines: [...ORDER.lines, ORDER.lines[0]] }],
    ['the vendor', { ...ORDER, vendorId: 'v2' }],
    ['what an address holds', { ...ORDER, shippingAddress: { ...ORDER.shippingAddress, floors: [2, 1] } }],
    ['a null in an address', { ...ORDER, shippingAddress: { ...ORDER.shippingAddress, extra: { b: 1 } } }],
    ['a number of an address that is text now', { ...ORDER, shippingAddress: { ...ORDER.shippingAddress, floors: ['1', 2] } }],
  ])('is another with %s', (_what, body) => expect(hashOf(body)).not.toBe(hash));

  it('does not depend on the order of properties in whatever address, and does on everything else', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, each]) => [name, shuffled(each)]),
      );
    };
    const of = (billingAddress: unknown) => orderHash({ ...NewOrder.parse(ORDER), billingAddress: billingAddress as Loose });
    // Without -0, which JSON does not know.
    const asJson = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
    const addresses = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(addresses, addresses, (one, other) => {
        expect(of(shuffled(one))).toBe(of(one));
        expect(of(one) === of(other)).toBe(isDeepStrictEqual(asJson(one), asJson(other)));
      }),
    );
  });
});
