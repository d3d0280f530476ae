/** The check digit of the first 12 digits of an EAN-13: weights 1 and 3 from the left. */
export function checkDigit(first12: string): number {
  if (!/^\d{12}$/.test(first12)) throw new RangeError(`12 digits expected, not "${first12}"`);
  let sum = 0;
  for (let place = 0; place < 12; place += 1) sum += (first12.charCodeAt(place) - 48) * (place % 2 === 0 ? 1 : 3);
  return (10 - (sum % 10)) % 10;
}

/** A whole EAN-13 from its first 12 digits. */
export const ean13 = (first12: string): string => `${first12}${checkDigit(first12)}`;

/** Whether a text is 13 digits of which the last one checks. */
export const isEan13 = (text: string): boolean => /^\d{13}$/.test(text) && ean13(text.slice(0, 12)) === text;
