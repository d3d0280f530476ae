// Prices and quantities are whole numbers of the smallest unit (cents, grams) in BigInt: a float would be off by a cent now and then.

/** Text of `units` × 10^−`scale` without trailing zeros: `formatUnits(1250n, 2)` is `"12.5"`. */
export function formatUnits(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === 48) end -= 1;
  const text = end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return units < 0n ? `-${text}` : text;
}

/** The units of a decimal text at `scale`; undefined for what is no decimal or has more places than that. */
export function parseUnits(text: string, scale: number): bigint | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  if (fraction.length > scale) return undefined;
  const units = BigInt(whole + fraction.padEnd(scale, '0'));
  return sign === '-' ? -units : units;
}

/** `numerator` / `denominator` to a whole number, half away from zero, as invoices round. `denominator` is positive. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n;
  const rounded = ((negative ? -numerator : numerator) * 2n + denominator) / (denominator * 2n);
  return negative ? -rounded : rounded;
}
