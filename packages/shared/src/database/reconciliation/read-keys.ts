import type { Pool, PoolClient } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { formatDigest } from '@repo/contracts/digest';
import { countedRows } from './counted-rows';
import { rangeLiterals } from './key-range';

/**
 * The digest of every row below prefixes, 16 hex digits, by its key; one statement. The caller bounds how many those are.
 * Prefixes may be of several lengths, but none may lie below another.
 * @throws RangeError for what is no prefix of up to 16 digits
 */
export async function readKeys(
  executor: Pool | PoolClient,
  vendorId: string,
  entity: Entity,
  prefixes: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await executor.query<[string, string, boolean]>({
    text: `select key, row_digest::text, is_parked from ${countedRows(entity)} where n > 0`,
    values: [vendorId, entity, ...rangeLiterals(prefixes)],
    rowMode: 'array',
  });
  const digests = new Map<string, string>();
  for (const [key, digest, isParked] of rows) if (isParked || !digests.has(key)) digests.set(key, formatDigest(BigInt(digest)));
  return digests;
}
