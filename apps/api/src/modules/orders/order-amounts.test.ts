import * as fc from 'fast-check';
import { orderAmounts, type PricedLine } from './order-amounts';

const line = (quantity: string, unitPrice: string, discountRate = '0', vatRate = '0'): PricedLine => ({
  quantity,
  unitPrice,
  discountRate,
  vatRate,
});

function amountsOf(...lines: PricedLine[]) {
  const outcome = orderAmounts(lines);
  if ('problems' in outcome) throw new Error(JSON.stringify(outcome.problems));
  return outcome.amounts;
}
const net = (...of: Parameters<typeof line>) => amountsOf(line(...of)).amountVatExcluded;

describe('amounts, by hand', () => {
  it.each([
    ['a plain line', ['3', '4.35', '0', '20'], '13.05', '2.61', '15.66'],
    ['a discount', ['12', '4.35', '2.5', '5.5'], '50.9', '2.8', '53.7'],
    ['half a cent goes up', ['1', '0.005', '0', '0'], '0.01', '0', '0.01'],
    ['half a cent goes up, not to even', ['1', '0.025', '0', '0'], '0.03', '0', '0.03'],
    ['a little less than half a cent goes down', ['1', '0.0049999999', '0', '0'], '0', '0', '0'],
    ['half a cent that a float does not hold', ['1', '1.005', '0', '0'], '1.01', '0', '1.01'],
    ['half a cent by the discount alone', ['1', '0.01', '50', '0'], '0.01', '0', '0.01'],
    ['half a cent of VAT', ['1', '0.1', '0', '5'], '0.1', '0.01', '0.11'],
    ['VAT of the rounded net', ['1', '0.005', '0', '50'], '0.01', '0.01', '0.02'],
    ['everything off', ['7', '99.99', '100', '20'], '0', '0', '0'],
    ['for nothing', ['7', '0', '0', '20'], '0', '0', '0'],
    ['VAT that doubles', ['1', '10', '0', '100'], '10', '10', '20'],
    ['the smallest there is', ['0.0000000001', '0.0000000001', '99.9999999999', '0.0000000001'], '0', '0', '0'],
    ['the smallest that is a cent', ['0.0000000001', '50000000', '0', '0'], '0.01', '0', '0.01'],
    ['the largest', ['1', '99999999999999999999.99', '0', '0'], '99999999999999999999.99', '0', '99999999999999999999.99'],
    ['what only a discount makes possible', ['99999999999999999999', '10', '90', '0'], '99999999999999999999', '0', '99999999999999999999'],
  ])('%s', (_what, [quantity = '', unitPrice = '', discount = '', vat = ''], amountVatExcluded, vatAmount, amountVatIncluded) => {
    expect(amountsOf(line(quantity, unitPrice, discount, vat))).toMatchObject({ amountVatExcluded, vatAmount, amountVatIncluded });
  });

  it('rounds each line, and sums what was rounded', () => {
    const third = line('1', '0.333', '0', '10');
    expect(amountsOf(third, third, third)).toMatchObject({ amountVatExcluded: '0.99', vatAmount: '0.09', amountVatIncluded: '1.08' });
    expect(amountsOf(line('1', '0.005'), line('1', '0.005'))).toMatchObject({ amountVatExcluded: '0.02' });
  });

  it('gives each line back with its own amounts', () => {
    const lines = [
      { ...line('1', '2', '0', '50'), sku: 'A' },
      { ...line('2', '2', '0', '0'), sku: 'B' },
    ];
    const outcome = orderAmounts(lines);
    expect('amounts' in outcome && outcome.amounts.lines).toEqual([
      { ...lines[0], amountVatExcluded: '2', vatAmount: '1' },
      { ...lines[1], amountVatExcluded: '4', vatAmount: '0' },
    ]);
  });
});

describe('amounts of more than 20 digits before the point', () => {
  const MESSAGE = 'comes to an amount of more than 20 digits before the point';
  const huge = line('99999999999999999999', '99999999999999999999.9999999999', '0', '100');

  it('are refused, and every line is named', () => {
    expect(orderAmounts([huge, line('1', '1'), huge])).toEqual({
      problems: [
        { path: 'lines[0]', message: MESSAGE },
        { path: 'lines[2]', message: MESSAGE },
      ],
    });
  });

  it('begin where rounding leads to them', () => {
    expect(net('1', '99999999999999999999.9949999999')).toBe('99999999999999999999.99');
    expect(orderAmounts([line('1', '99999999999999999999.995')])).toEqual({ problems: [{ path: 'lines[0]', message: MESSAGE }] });
  });

  it('are refused of the whole when only the sum comes to them, with VAT or without', () => {
    const most = line('1', '99999999999999999999');
    const whole = { problems: [{ path: 'lines', message: MESSAGE }] };
    expect(orderAmounts([most, line('1', '1')])).toEqual(whole);
    expect(orderAmounts([{ ...most, vatRate: '0.1' }])).toEqual(whole);
  });
});

// Amounts once more, by fractions that nothing is known of: no scale, no shared code.
interface Fraction {
  n: bigint;
  d: bigint;
}
function fraction(decimal: string): Fraction {
  const point = decimal.indexOf('.');
  return point < 0 ? { n: BigInt(decimal), d: 1n } : { n: BigInt(decimal.replace('.', '')), d: 10n ** BigInt(decimal.length - point - 1) };
}
const times = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });
const minus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d - b.n * a.d, d: a.d * b.d });
const percent = (rate: string): Fraction => times(fraction(rate), { n: 1n, d: 100n });
/** The nearest whole number of cents; of two as near, the one farther from zero. */
function cents({ n, d }: Fraction): bigint {
  const below = (n * 100n) / d;
  const distance = n * 100n - below * d;
  return distance * 2n < d ? below : below + 1n;
}

const digits = (most: number) =>
  fc.tuple(fc.bigInt({ min: 0n, max: 10n ** BigInt(most) - 1n }), fc.integer({ min: 0, max: 10 })).chain(([whole, places]) =>
    fc.bigInt({ min: 0n, max: 10n ** BigInt(places) - 1n }).map((rest) => {
      const places0 = rest.toString().padStart(places, '0').replace(/0+$/, '');
      return rest === 0n ? String(whole) : `${whole}.${places0}`;
    }),
  );
const rates = fc.oneof(fc.constantFrom('0', '2.5', '5.5', '10', '20', '33.3333333333', '50', '99.9999999999', '100'), digits(2));
const pricedLines = fc.array(
  fc.record({ quantity: digits(8), unitPrice: fc.oneof(digits(2), digits(10)), discountRate: rates, vatRate: rates }),
  { minLength: 1, maxLength: 8 },
);

it('amounts are those of exact fractions, rounded once a line', () => {
  fc.assert(
    fc.property(pricedLines, (lines) => {
      const amounts = amountsOf(...lines);
      const inCents = (decimal: string) => cents(fraction(decimal));
      let [sumNet, sumVat] = [0n, 0n];
      lines.forEach((each, i) => {
        const exact = times(times(fraction(each.quantity), fraction(each.unitPrice)), minus({ n: 1n, d: 1n }, percent(each.discountRate)));
        const lineNet = cents(exact);
        const lineVat = cents(times({ n: lineNet, d: 100n }, percent(each.vatRate)));
        expect([amounts.lines[i]?.amountVatExcluded, amounts.lines[i]?.vatAmount].map((text) => inCents(text ?? ''))).toEqual([
          lineNet,
          lineVat,
        ]);
        sumNet += lineNet;
        sumVat += lineVat;
      });
      expect([amounts.amountVatExcluded, amounts.vatAmount, amounts.amountVatIncluded].map(inCents)).toEqual([
        sumNet,
        sumVat,
        sumNet + sumVat,
      ]);
      for (const text of [amounts.amountVatExcluded, amounts.vatAmount, amounts.amountVatIncluded]) {
        expect(text).toMatch(/^(0|[1-9]\d*)(\.\d?[1-9])?$/);
      }
    }),
    { numRuns: 1_000 },
  );
});
