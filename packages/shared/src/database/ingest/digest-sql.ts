/** `keyHashNumber` of a text, reckoned by PostgreSQL. */
export const keyHashSql = (key: string): string => `(${firstBytes(`convert_to(${key}, 'UTF8')`)} # (-9223372036854775808)::bigint)`;

/** `rowDigestNumber` of two texts, reckoned by PostgreSQL. */
export const rowDigestSql = (key: string, contentHash: string): string =>
  firstBytes(`convert_to(${key}, 'UTF8') || '\\x00'::bytea || convert_to(${contentHash}, 'UTF8')`);

/** The first 8 bytes of a SHA-256, big-endian, as a signed number. */
function firstBytes(hashed: string): string {
  return `substr(sha256(${hashed}), 1, 8)::bigint`;
}
