import fc from 'fast-check';
import { isCanonicalDecimal, readDecimal, trimDecimal } from './decimal';

const read = (input: unknown) => {
  const reading = readDecimal(input);
  return 'value' in reading ? reading.value : `refused: ${reading.problem}`;
};

describe('decimals', () => {
  it.each([
    ['12.50', '12.5'],
    ['007', '7'],
    ['-0', '0'],
    ['-0.0', '0'],
    ['0.10', '0.1'],
    ['-5.0', '-5'],
    ['12345678901234567890.1234567891', '12345678901234567890.1234567891'],
    [12.5, '12.5'],
    [-0, '0'],
    [1e-7, '0.0000001'],
    [1.5e-7, '0.00000015'],
    [1e15, '1000000000000000'],
    [1.5e19, '15000000000000000000'],
    [999999999999999, '999999999999999'],
  ])('reads %p as %p', (input, expected) => {
    expect(read(input)).toBe(expected);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '+1',
    '.5',
    '5.',
    '1e5',
    '1,5',
    '0x10',
    'NaN',
    '١',
    '1'.repeat(21),
    `0.${'1'.repeat(11)}`,
    0.1234567890123456,
    1e21,
    Infinity,
    NaN,
    null,
    undefined,
    true,
    {},
    [],
  ])('refuses %p', (input) => {
    expect(read(input)).toMatch(/^refused/);
  });

  it('gives back what is canonical already, and only that', () => {
    fc.assert(
      fc.property(fc.oneof(fc.stringMatching(/^-?[0-9]{0,22}\.?[0-9]{0,12}$/), fc.string()), (text) => {
        expect(isCanonicalDecimal(text)).toBe(read(text) === text);
      }),
      { numRuns: 3_000 },
    );
  });

  it('loses the zeros that PostgreSQL adds, and nothing else', () => {
    expect(['12.5000000000', '100', '100.0000000000', '-0.0000000000', '0.0000000001', '10'].map(trimDecimal)).toEqual([
      '12.5',
      '100',
      '100',
      '0',
      '0.0000000001',
      '10',
    ]);
  });
});
