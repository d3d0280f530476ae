import type { FieldProblem } from '@repo/contracts/problem';

/** What a line's amounts come from: canonical decimals, not negative; rates in percent, at most 100. */
export interface PricedLine {
  quantity: string;
  unitPrice: string;
  discountRate: string;
  vatRate: string;
}

/** Amounts in the order's currency, as decimals without trailing zeros. */
export interface LineAmounts {
  amountVatExcluded: string;
  vatAmount: string;
}
export interface OrderAmounts<Line> extends LineAmounts {
  amountVatIncluded: string;
  /** The lines given, each with its amounts. */
  lines: (Line & LineAmounts)[];
}

/** Decimals have at most 10 digits after the point: here they are whole numbers of 10⁻¹⁰. */
const PLACES = 10;
const ONE = 10n ** BigInt(PLACES);
const HUNDRED_PERCENT = 100n * ONE;
/** Amounts are whole numbers of cents. */
const CENTS = 100n;
/** The first amount that has more than 20 digits before the point. */
const TOO_LARGE = 10n ** 20n * CENTS;
const MESSAGE = 'comes to an amount of more than 20 digits before the point';

/**
 * Line net = round(quantity × unit price × (1 − discount / 100), 2), VAT = round(net × rate / 100, 2), both half away from
 * zero; totals are sums of lines. Exact, whatever the sizes. Names the lines (or the whole) that come to more than 20 digits
 * before the point.
 */
export function orderAmounts<Line extends PricedLine>(
  lines: readonly Line[],
): { amounts: OrderAmounts<Line> } | { problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const total: InCents = { net: 0n, vat: 0n };
  const priced = lines.map((line, i) => {
    const { net, vat } = lineInCents(line);
    if (net >= TOO_LARGE) problems.push({ path: `lines[${i}]`, message: MESSAGE });
    total.net += net;
    total.vat += vat;
    return { ...line, ...asDecimals({ net, vat }) };
  });
  if (problems.length > 0) return { problems };
  if (total.net + total.vat >= TOO_LARGE) return { problems: [{ path: 'lines', message: MESSAGE }] };
  return { amounts: { ...asDecimals(total), amountVatIncluded: decimalOfCents(total.net + total.vat), lines: priced } };
}

interface InCents {
  net: bigint;
  vat: bigint;
}

function lineInCents({ quantity, unitPrice, discountRate, vatRate }: PricedLine): InCents {
  const exact = parse(quantity) * parse(unitPrice) * (HUNDRED_PERCENT - parse(discountRate));
  const net = divideRounded(exact * CENTS, ONE * ONE * HUNDRED_PERCENT);
  return { net, vat: divideRounded(net * parse(vatRate), HUNDRED_PERCENT) };
}

/** Half away from zero; nothing here is negative. */
function divideRounded(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator);
}

function parse(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(PLACES, '0'));
}

const asDecimals = ({ net, vat }: InCents): LineAmounts => ({ amountVatExcluded: decimalOfCents(net), vatAmount: decimalOfCents(vat) });

function decimalOfCents(cents: bigint): string {
  const fraction = (cents % CENTS).toString().padStart(2, '0').replace(/0+$/, '');
  return `${cents / CENTS}${fraction === '' ? '' : `.${fraction}`}`;
}
