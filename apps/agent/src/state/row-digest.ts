import { keyHash, rowDigestHex } from '@repo/contracts/digest';

// SQLite's integers have 64 bits and a sign: the bits are those of the protocol.

/** Where a key stands in the tree: the first 16 digits of its hash. */
export function placeOf(key: string): bigint {
  return signed(keyHash(key).slice(0, 16));
}

/** What a row adds to the sums above it. */
export function digestOf(key: string, hash: string): bigint {
  return signed(rowDigestHex(key, hash));
}

const signed = (digits: string) => BigInt.asIntN(64, BigInt(`0x${digits}`));
