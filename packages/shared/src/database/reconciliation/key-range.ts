/** The longest prefix that the hub can look below: it stores 8 bytes of a key's hash. */
export const LONGEST_PREFIX = 16;

/** The stored key hashes below a prefix: signed 64-bit numbers, both ends included. */
export interface KeyRange {
  low: bigint;
  high: bigint;
}

const SIGN = 1n << 63n;

/**
 * The range of `key_hash` below a prefix of up to 16 lower-case hex digits.
 * @throws RangeError for any other prefix
 */
export function keyRange(prefix: string): KeyRange {
  if (!/^[0-9a-f]{0,16}$/.test(prefix)) throw new RangeError('a prefix is up to 16 lower-case hex digits');
  const low = BigInt(`0x${prefix.padEnd(LONGEST_PREFIX, '0')}`) - SIGN;
  return { low, high: low + (1n << BigInt(4 * (LONGEST_PREFIX - prefix.length))) - 1n };
}

/** The ranges below prefixes as two array parameters; a prefix that is named twice counts once. */
export function rangeLiterals(prefixes: readonly string[]): [string, string] {
  const ranges = [...new Set(prefixes)].map(keyRange);
  return [`{${ranges.map(({ low }) => low).join()}}`, `{${ranges.map(({ high }) => high).join()}}`];
}
