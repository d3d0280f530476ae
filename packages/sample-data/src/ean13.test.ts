import { checkDigit, ean13, isEan13 } from './ean13';

describe('EAN-13', () => {
  it.each([
    ['400638133393', 1],
    ['590123412345', 7],
    ['200000000000', 8],
  ])('gives %s the check digit %d', (first12, digit) => {
    expect(checkDigit(first12)).toBe(digit);
    expect(isEan13(ean13(first12))).toBe(true);
  });

  it('finds a wrong digit and a wrong length', () => {
    expect(isEan13('4006381333932')).toBe(false);
    expect(isEan13('400638133393')).toBe(false);
    expect(() => checkDigit('12')).toThrow(RangeError);
  });
});
