import fc from 'fast-check';
import { NumberFormat, numberReader } from './number-format';
import { Unreadable } from './reading';

const read = (value: unknown, format: Partial<NumberFormat> = {}) => {
  const result = numberReader(NumberFormat.parse(format))(value);
  return result instanceof Unreadable ? `! ${result.problem}` : result;
};
const COMMA = { decimal: 'comma', thousands: 'space' } as const;

describe('numbers', () => {
  it.each([
    ['12,50', COMMA, '12.5'],
    ['1 234,5', COMMA, '1234.5'],
    ['1\u00a0234\u202f567,05', COMMA, '1234567.05'],
    ['12,50-', COMMA, '-12.5'],
    ['1.234,50', { decimal: 'comma', thousands: 'point' } as const, '1234.5'],
    ["1'234.50", { thousands: 'apostrophe' } as const, '1234.5'],
    ['1,234', { thousands: 'comma' } as const, '1234'],
    ['+7', {}, '7'],
    ['.5', {}, '0.5'],
    [' 007.10 ', {}, '7.1'],
    ['12.50000000000000', {}, '12.5'],
    [12.5, COMMA, '12.5'],
    [9007199254740993n, {}, '9007199254740993'],
    ['-0', {}, '0'],
  ])('reads %j', (text, format, value) => expect(read(text, format)).toBe(value));

  it.each([
    ['12,5', {}, 'set number.decimal to "comma"'],
    ['12.5', COMMA, 'set number.decimal to "point"'],
    ['1 234.5', {}, 'number.thousands'],
    ['1 23,5', COMMA, 'is not a number'],
    ['-5-', {}, 'is not a number'],
    ['1e3', {}, 'is not a number'],
    ['12 €', {}, 'is not a number'],
    ['.', {}, 'is not a number'],
    ['1.12345678901', {}, '10 digits after the point'],
    [0.1 + 0.2, {}, 'round it in the query'],
  ])('refuses %j and says what to do', (text, format, problem) => expect(read(text, format)).toMatch(new RegExp(`^! .*${problem}`)));

  it('gives back every decimal that was written with comma and blanks', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }), fc.stringMatching(/^(\d{0,8}[1-9])?$/), (whole, fraction) => {
        const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, ' ');
        expect(read(fraction === '' ? grouped : `${grouped},${fraction}`, COMMA)).toBe(
          fraction === '' ? String(whole) : `${whole}.${fraction}`,
        );
      }),
    );
  });

  it('takes no sign for two things', () => {
    expect(NumberFormat.safeParse({ decimal: 'comma', thousands: 'comma' }).error?.issues[0]?.message).toMatch(/two different signs/);
  });
});
