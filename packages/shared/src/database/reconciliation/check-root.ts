import type { Pool } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { computeRoot, readRoots, type Root } from '../ingest/digest-root';
import { inEntityTransaction } from '../ingest/entity-transaction';
import { appendDelta } from '../ingest/park-rows';
import { inTransaction } from '../transaction';
import { findFalseDigests, mendDigests } from './mend-digests';

/** A root computed from the rows, and what was wrong and has been put right. */
export interface CheckedRoot {
  root: Root;
  /** What the running root said before. */
  wrong: Root | undefined;
  /** How many rows had digests stored that do not belong to their key and content hash. */
  mended: number;
}

/** Longer than other statements may take: millions of rows are hashed, and nobody waits for it. Less than the lease of a run, by default. */
const LOOK = `begin isolation level repeatable read read only; set local statement_timeout = '60s'`;

/** So many rows are mended at once; the next check finds the others. */
const MOST_MENDED = 100_000;

/**
 * Computes a root from the rows, and puts the running root right where it differs. A scan, seen at one moment beside all
 * ingest; only for a difference is it done once more, with the lock alone. `hashing`: the digest of every row is checked against
 * its key and content hash first, and mended.
 */
export async function checkRoot(pool: Pool, vendorId: string, entity: Entity, { hashing = false } = {}): Promise<CheckedRoot> {
  const seen = await inTransaction(pool, LOOK, async (client) => ({
    computed: await computeRoot(client, vendorId, entity),
    running: (await readRoots(client, vendorId))[entity],
    falseKeys: hashing ? await findFalseDigests(client, vendorId, entity, MOST_MENDED) : [],
  }));
  if (seen.falseKeys.length === 0 && same(seen.computed, seen.running)) return { root: seen.computed, wrong: undefined, mended: 0 };
  const mended = await mendDigests(pool, vendorId, entity, seen.falseKeys);
  return inEntityTransaction(pool, vendorId, entity, 'alone', async (client) => {
    const root = await computeRoot(client, vendorId, entity);
    const running = (await readRoots(client, vendorId))[entity];
    if (same(root, running)) return { root, wrong: undefined, mended };
    await appendDelta(client, vendorId, entity, root.count - running.count, numberOf(root) - numberOf(running));
    return { root, wrong: running, mended };
  });
}

const same = (one: Root, other: Root): boolean => one.count === other.count && one.digest === other.digest;
const numberOf = ({ digest }: Root): bigint => BigInt(`0x${digest}`);
