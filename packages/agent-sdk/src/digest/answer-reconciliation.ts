import { formatDigest } from '@repo/contracts/digest';
import type { DigestCall, KeysCall, RowsCall } from '@repo/contracts/agent-protocol/reconciliation-calls';
import type { Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';
import type { ReconciliationHandler } from '../answer/agent-handler';
import type { Row } from '../entity-rows';
import { addTo, type DigestSum, type DigestTree } from './digest-tree';

/** A row as the comparison sees it; `h` and `r` by `digestRow`. */
export interface IndexedRow {
  key: string;
  /** SHA-256 of the key, 64 hex digits: what the store is sorted by. */
  h: string;
  r: bigint;
}

/** What an agent has sent, or is about to: the hub compares itself with it. */
export interface ReconciliationStore {
  /** The rows whose `h` starts with the prefix; with an index on `h` that is a range. In any order. */
  scan(entity: Entity, prefix: string): AsyncIterable<IndexedRow> | Iterable<IndexedRow>;
  /** Rows by their keys, as in ingest; what is not there is left out. */
  rows(entity: Entity, keys: readonly string[]): Promise<readonly Row[]>;
  /** Sums that are kept up to date; without one every digest call scans. */
  tree?(entity: Entity): DigestTree | undefined;
}

/** Answers the three calls that compare rows from a store. */
export function answerReconciliation(store: ReconciliationStore): Required<ReconciliationHandler> {
  return {
    async digest({ entity, depth, prefixes }: DigestCall) {
      const nodes: [string, string][] = [];
      for (const prefix of new Set(prefixes)) {
        const found = store.tree?.(entity)?.nodes(prefix, depth) ?? (await sumUp(store, entity, prefix, depth));
        for (const [full, { n, d }] of found) nodes.push([full, `${n}.${formatDigest(d)}`]);
      }
      return { nodes: Object.fromEntries(nodes) };
    },

    async keys({ entity, prefixes }: KeysCall) {
      const rows: [string, string][] = [];
      for (const prefix of new Set(prefixes)) {
        for await (const { key, r } of store.scan(entity, prefix)) rows.push([key, formatDigest(r)]);
      }
      // Not by assignment: a key may be called `__proto__`.
      return { rows: Object.fromEntries(rows) };
    },

    async rows({ entity, keys }: RowsCall) {
      const found = await store.rows(entity, keys);
      const there = new Set(found.map((row) => keyOf(entity, row)));
      return { rows: [...found], missing: keys.filter((key) => !there.has(key)) };
    },
  };
}

async function sumUp(store: ReconciliationStore, entity: Entity, prefix: string, depth: number): Promise<Map<string, DigestSum>> {
  const nodes = new Map<string, DigestSum>();
  for await (const { h, r } of store.scan(entity, prefix)) addTo(nodes, h.slice(0, prefix.length + depth), 1, r);
  return nodes;
}
