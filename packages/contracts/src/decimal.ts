const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
const MOST_INTEGER_DIGITS = 20;
const MOST_FRACTION_DIGITS = 10;
const MOST_NUMBER_DIGITS = 15;

/** A decimal in canonical form (no leading or trailing zeros, no `-0`), or why it is none. */
export type DecimalReading = { value: string } | { problem: string };

/**
 * Reads a decimal as the API accepts it: a decimal string, or a JSON number of at most 15 significant digits
 * (in its shortest form); at most 20 digits before and 10 after the point. Never goes through a float.
 */
export function readDecimal(input: unknown): DecimalReading {
  if (typeof input === 'number') return readNumber(input);
  if (typeof input !== 'string') return { problem: 'must be a decimal string or a number' };
  return readText(input);
}

function readNumber(input: number): DecimalReading {
  if (!Number.isFinite(input)) return { problem: 'must be a finite number' };
  const shortest = String(input);
  const [mantissa = '', exponent] = shortest.split('e');
  const digits = mantissa.replace(/[-.]/g, '').replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '').length;
  if (significant > MOST_NUMBER_DIGITS) return { problem: 'has more than 15 significant digits: send it as a string' };
  return readText(exponent === undefined ? shortest : shiftPoint(mantissa, Number(exponent)));
}

/** `1.5` and 3 give `1500`; `1.5` and -3 give `0.0015`. */
function shiftPoint(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function readText(input: string): DecimalReading {
  const match = input.length <= 100 ? DECIMAL.exec(input) : null;
  if (match === null) return { problem: 'must be a decimal such as 12.50' };
  const [, sign = '', whole = '', fraction = ''] = match;
  const integer = whole.replace(/^0+(?=\d)/, '');
  const rest = fraction.replace(/0+$/, '');
  if (integer.length > MOST_INTEGER_DIGITS) return { problem: 'has more than 20 digits before the point' };
  if (fraction.length > MOST_FRACTION_DIGITS) return { problem: 'has more than 10 digits after the point' };
  const magnitude = rest === '' ? integer : `${integer}.${rest}`;
  return { value: magnitude === '0' ? '0' : sign + magnitude };
}

/** A `numeric` as PostgreSQL prints it (`12.5000000000`), without its trailing zeros. */
export function trimDecimal(numeric: string): string {
  if (!numeric.includes('.')) return numeric;
  const trimmed = numeric.replace(/\.?0+$/, '');
  return trimmed === '-0' ? '0' : trimmed;
}

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** Whether this is a decimal in canonical form already, as most are: then {@link readDecimal} would give it back. */
export function isCanonicalDecimal(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const start = value.charCodeAt(0) === MINUS ? 1 : 0;
  let point = value.length;
  for (let i = start; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === POINT && point === value.length) point = i;
    else if (code < ZERO || code > NINE) return false;
  }
  const whole = point - start;
  const fraction = Math.max(0, value.length - point - 1);
  if (whole < 1 || whole > MOST_INTEGER_DIGITS || fraction > MOST_FRACTION_DIGITS) return false;
  if (whole > 1 && value.charCodeAt(start) === ZERO) return false;
  if (point < value.length && (fraction === 0 || value.charCodeAt(value.length - 1) === ZERO)) return false;
  return value !== '-0';
}
