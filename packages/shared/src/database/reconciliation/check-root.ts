import type { Pool } from 'pg';
import type { Entity } from '@repo/contracts/primitives';
import { computeRoot, readRoots, type Root } from '../ingest/digest-root';
import { inEntityTransaction } from '../ingest/entity-transaction';
import { appendDelta } from '../ingest/park-rows';
import { inTransaction } from '../transaction';

/** A root computed from the rows, and the running root where that said something else. */
export interface CheckedRoot {
  root: Root;
  /** What the running root said before it was put right. */
  wrong: Root | undefined;
}

/**
 * Computes a root from the rows, and puts the running root right where it differs. A scan, seen at one moment beside all
 * ingest; only for a difference is it done once more, with the lock alone.
 */
export async function checkRoot(pool: Pool, vendorId: string, entity: Entity): Promise<CheckedRoot> {
  const seen = await inTransaction(pool, 'begin isolation level repeatable read read only', async (client) => ({
    computed: await computeRoot(client, vendorId, entity),
    running: (await readRoots(client, vendorId))[entity],
  }));
  if (same(seen.computed, seen.running)) return { root: seen.computed, wrong: undefined };
  return inEntityTransaction(pool, vendorId, entity, 'alone', async (client) => {
    const root = await computeRoot(client, vendorId, entity);
    const running = (await readRoots(client, vendorId))[entity];
    if (same(root, running)) return { root, wrong: undefined };
    await appendDelta(client, vendorId, entity, root.count - running.count, numberOf(root) - numberOf(running));
    return { root, wrong: running };
  });
}

const same = (one: Root, other: Root): boolean => one.count === other.count && one.digest === other.digest;
const numberOf = ({ digest }: Root): bigint => BigInt(`0x${digest}`);
