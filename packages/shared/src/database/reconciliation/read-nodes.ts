import type { Pool, PoolClient } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { countedRows } from './counted-rows';
import { LONGEST_PREFIX, rangeLiterals } from './key-range';

/** A node of the hub's tree: how many rows, and the sum of their digests modulo 2^64. */
export interface HubNode {
  n: number;
  d: bigint;
}

/**
 * The non-empty nodes `depth` hex digits below prefixes of one length, by their full prefix; one statement.
 * @throws RangeError when the prefixes are of several lengths, or lead below 16 digits
 */
export async function readNodes(
  executor: Pool | PoolClient,
  vendorId: string,
  entity: Entity,
  depth: number,
  prefixes: readonly string[],
): Promise<Map<string, HubNode>> {
  const [first = ''] = prefixes;
  const digits = first.length + depth;
  if (prefixes.some(({ length }) => length !== first.length)) throw new RangeError('prefixes must be of one length');
  if (digits > LONGEST_PREFIX) throw new RangeError(`nodes lie at most ${LONGEST_PREFIX} digits deep`);
  // The hash as it was before the shift by 2^63, without its lower bits. A shift by 64 would be one by none.
  const place = digits === 0 ? '0' : `((key_hash # (-9223372036854775808)::bigint) >> ${64 - 4 * digits}) & ${mask(digits)}`;
  const { rows } = await executor.query<[string, string, string]>({
    text: `select ${place} as place, sum(n)::text,
        (sum(row_digest) filter (where n > 0) - coalesce(sum(row_digest) filter (where n < 0), 0))::text
      from ${countedRows(entity)} group by place`,
    values: [vendorId, entity, ...rangeLiterals(prefixes)],
    rowMode: 'array',
  });
  return new Map(rows.map(([at, n, d]) => [prefixOf(at, digits), { n: Number(n), d: BigInt.asUintN(64, BigInt(d)) }]));
}

/** Takes off the sign bits that a shift of a negative number brings in. */
const mask = (digits: number): string => `(${BigInt.asIntN(64, (1n << BigInt(4 * digits)) - 1n)})::bigint`;

const prefixOf = (place: string, digits: number): string =>
  digits === 0 ? '' : BigInt.asUintN(64, BigInt(place)).toString(16).padStart(digits, '0');
