import { isCanonicalDecimal, readDecimal } from '@repo/contracts/decimal';
import { z } from 'zod';
import { shown, Unreadable } from './reading';

const SEPARATORS = {
  none: '',
  space: '[ \\u00a0\\u2009\\u202f]',
  point: '\\.',
  comma: ',',
  apostrophe: "['\\u2019]",
} as const;

/** How a source writes numbers. Said, never guessed: `1,234` is one thing in Paris and another in London. */
export const NumberFormat = z
  .strictObject(
    {
      decimal: z.enum(['point', 'comma'], { error: 'must be "point" (12.5) or "comma" (12,5)' }).default('point'),
      thousands: z
        .enum(['none', 'space', 'point', 'comma', 'apostrophe'], { error: 'must be one of none, space, point, comma, apostrophe' })
        .default('none'),
    },
    { error: 'must be an object such as { "decimal": "comma", "thousands": "space" }' },
  )
  .refine((format) => format.decimal !== format.thousands, { error: 'decimal and thousands must be two different signs' });
export type NumberFormat = z.infer<typeof NumberFormat>;

/** Reads a number into the canonical decimal of the hub's contract; never through a float. */
export type NumberReader = (value: unknown) => string | Unreadable;

/** A reader of numbers written so. A sign may stand before or behind (`12,50-`), and `.5` is a half. */
export function numberReader({ decimal, thousands }: NumberFormat): NumberReader {
  const grouped = thousands === 'none' ? '' : `\\d{1,3}(?:${SEPARATORS[thousands]}\\d{3})+|`;
  const form = new RegExp(`^([+-]?)(${grouped}\\d*)(?:${SEPARATORS[decimal]}(\\d+))?(-?)$`);
  const expected = `a number with a decimal ${decimal}${thousands === 'none' ? '' : ` and ${thousands} between thousands`}`;
  const plain = decimal === 'point';

  return (value) => {
    if (plain && isCanonicalDecimal(value)) return value;
    if (typeof value === 'number') return checked(value, value);
    const text = String(value).trim();
    const match = text.length <= 100 ? form.exec(text) : null;
    const [, before = '', whole = '', fraction = '', behind = ''] = match ?? [];
    if (match === null || (whole === '' && fraction === '') || (before !== '' && behind !== '')) {
      return new Unreadable(`${shown(value)} is not ${expected}${hint(text, decimal)}`);
    }
    const rest = fraction.replace(/0+$/, '');
    const digits = whole.replace(/\D/g, '') || '0';
    return checked(`${before === '-' || behind === '-' ? '-' : ''}${digits}${rest === '' ? '' : `.${rest}`}`, value);
  };
}

function hint(text: string, decimal: NumberFormat['decimal']): string {
  if (decimal === 'point' && /^[+-]?\d+,\d+-?$/.test(text)) return ': for a decimal comma set number.decimal to "comma"';
  if (decimal === 'comma' && /^[+-]?\d+\.\d+-?$/.test(text)) return ': for a decimal point set number.decimal to "point"';
  if (/^[+-]?\d{1,3}([ \u00a0\u2009\u202f.,'\u2019]\d{3})+/.test(text)) return ': say in number.thousands what stands between thousands';
  return '';
}

function checked(input: string | number, value: unknown): string | Unreadable {
  const reading = readDecimal(input);
  if ('value' in reading) return reading.value;
  return new Unreadable(`${shown(value)} ${reading.problem}${typeof input === 'number' ? ', or round it in the query' : ''}`);
}
