import * as fc from 'fast-check';
import { nextOrderNumber, orderNumber } from './order-number';

const MOST_RANDOM = 32 ** 5 - 1;
/** The last millisecond that nine digits hold: in the year 3084. */
const LAST = 32 ** 9 - 1;
const moments = fc.integer({ min: 0, max: LAST });
const randoms = fc.integer({ min: 0, max: MOST_RANDOM });

describe('an order number', () => {
  it('is short, and has no letter that is taken for a digit', () => {
    expect(orderNumber(Date.UTC(2026, 0, 31), 0)).toMatch(/^ORD-[0-9A-HJKMNP-TV-Z]{9}-00000$/);
    expect(orderNumber(LAST, MOST_RANDOM)).toBe('ORD-ZZZZZZZZZ-ZZZZZ');
  });

  it('sorts by time', () => {
    fc.assert(
      fc.property(moments, moments, randoms, randoms, (a, b, x, y) => {
        if (a !== b) expect(orderNumber(a, x) < orderNumber(b, y)).toBe(a < b);
      }),
    );
  });

  it('is another for every moment and every random number', () => {
    fc.assert(
      fc.property(moments, moments, randoms, randoms, (a, b, x, y) => {
        expect(orderNumber(a, x) === orderNumber(b, y)).toBe(a === b && x === y);
      }),
    );
  });

  it('hardly ever comes twice', () => {
    expect(new Set(Array.from({ length: 1_000 }, nextOrderNumber)).size).toBeGreaterThan(995);
  });
});
