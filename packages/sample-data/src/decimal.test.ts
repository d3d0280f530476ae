import { divideRounded, formatUnits, parseUnits } from './decimal';

describe('exact decimals', () => {
  it.each([
    [1250n, 2, '12.5'],
    [5n, 2, '0.05'],
    [-5n, 3, '-0.005'],
    [100n, 2, '1'],
    [0n, 2, '0'],
    [7n, 0, '7'],
  ])('writes %p units of scale %p as %p and reads it back', (units, scale, text) => {
    expect(formatUnits(units, scale)).toBe(text);
    expect(parseUnits(text, scale)).toBe(units);
  });

  it.each(['', '1,5', '1e3', '.5', '1.234', ' 1', 'abc'])('does not take %p for a decimal of two places', (text) => {
    expect(parseUnits(text, 2)).toBeUndefined();
  });

  it('rounds half away from zero', () => {
    expect([divideRounded(5n, 10n), divideRounded(-5n, 10n), divideRounded(4n, 10n), divideRounded(-14n, 10n)]).toEqual([1n, -1n, 0n, -1n]);
  });
});
