/** Places in the order of SQLite's integers, both included. */
export interface PlaceRange {
  first: bigint;
  last: bigint;
}

/** How many digits of the hash a state stores. */
export const STORED_DIGITS = 16;
/** Two digits of a million rows are about 4,000 rows: read at once, they hold nobody up. */
const PIECE_DIGITS = 2;

/** The places below a prefix, in pieces of which each may be read at once. */
export function rangesBelow(prefix: string): PlaceRange[] {
  const missing = PIECE_DIGITS - prefix.length;
  if (missing <= 0) return [rangeOf(prefix)];
  return Array.from({ length: 16 ** missing }, (_, n) => rangeOf(prefix + n.toString(16).padStart(missing, '0')));
}

/** With a digit at least: the sign is that of all places below it. */
function rangeOf(prefix: string): PlaceRange {
  const digits = prefix.slice(0, STORED_DIGITS);
  const at = (filler: string) => BigInt.asIntN(64, BigInt(`0x${digits.padEnd(STORED_DIGITS, filler)}`));
  return { first: at('0'), last: at('f') };
}

/** The first `digits` digits of a place, given without the rest. */
export function prefixOf(bits: bigint, digits: number): string {
  return digits === 0
    ? ''
    : BigInt.asUintN(4 * digits, bits)
        .toString(16)
        .padStart(digits, '0');
}
