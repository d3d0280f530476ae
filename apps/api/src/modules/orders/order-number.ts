import { randomInt } from 'node:crypto';

/** Injection token of what makes order numbers: a function that gives another one at each call. */
export const ORDER_NUMBERS = Symbol('ORDER_NUMBERS');

/** Crockford's Base32: in the order of its characters, and without those that are taken for others. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_DIGITS = 9;
const RANDOM_DIGITS = 5;

/**
 * A number such as `ORD-1JRA7N3Z0-K7Q2M`: later ones sort behind earlier ones, to the millisecond, and of two in the same
 * millisecond one in 33 million is the same.
 */
export function orderNumber(now: number, random: number): string {
  return `ORD-${base32(now, TIME_DIGITS)}-${base32(random, RANDOM_DIGITS)}`;
}

/** {@link orderNumber} of this moment. */
export function nextOrderNumber(): string {
  return orderNumber(Date.now(), randomInt(32 ** RANDOM_DIGITS));
}

function base32(value: number, digits: number): string {
  let text = '';
  for (let rest = value; text.length < digits; rest = Math.floor(rest / 32)) text = `${DIGITS[rest % 32]}${text}`;
  return text;
}
