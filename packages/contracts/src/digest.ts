import { hash } from 'node:crypto';

/** The modulus of digests: sums of row digests are taken modulo 2^64. */
const MODULUS = 1n << 64n;

/** What one row adds to the digest tree. */
export interface RowDigest {
  /** SHA-256 of the UTF-8 key, 64 hex digits: where the row stands in the tree. */
  h: string;
  /** First 8 bytes, big-endian, of SHA-256(key, 0x00, content hash): what it adds to the sums above it. */
  r: bigint;
}

/** The place of a key in the tree: 64 lower-case hex digits. */
export function keyHash(key: string): string {
  return hash('sha256', key, 'hex');
}

/** The first 16 hex digits of SHA-256 over key, a zero byte and content hash: the row's digest `r`. */
export function rowDigestHex(key: string, contentHash: string): string {
  return hash('sha256', `${key}\0${contentHash}`, 'hex').slice(0, 16);
}

/** Both numbers of one row. */
export function digestRow(key: string, contentHash: string): RowDigest {
  return { h: keyHash(key), r: BigInt(`0x${rowDigestHex(key, contentHash)}`) };
}

/** A digest as it travels: 16 lower-case hex digits, taken modulo 2^64. */
export function formatDigest(sum: bigint): string {
  return (((sum % MODULUS) + MODULUS) % MODULUS).toString(16).padStart(16, '0');
}
