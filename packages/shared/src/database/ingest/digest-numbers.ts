import { hash } from 'node:crypto';

/** Both digest numbers of a row as the signed 64-bit values that its columns hold. */
export interface DigestNumbers {
  /** First 8 bytes of SHA-256(key), shifted by 2^63: signed order is the order of the hex prefixes. */
  keyHash: bigint;
  /** The row's digest `r`, two's complement. */
  rowDigest: bigint;
}

const SIGN = 1n << 63n;

export function keyHashNumber(key: string): bigint {
  return BigInt.asIntN(64, hash('sha256', key, 'buffer').readBigUInt64BE(0) ^ SIGN);
}

export function rowDigestNumber(key: string, contentHash: string): bigint {
  return hash('sha256', `${key}\0${contentHash}`, 'buffer').readBigInt64BE(0);
}

export function digestNumbers(key: string, contentHash: string): DigestNumbers {
  return { keyHash: keyHashNumber(key), rowDigest: rowDigestNumber(key, contentHash) };
}
