import { formatDigest } from '@repo/contracts/digest';
import type { DigestCall, KeysCall, RowsCall } from '@repo/contracts/agent-protocol/reconciliation-calls';
import type { Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';
import type { CallContext, ReconciliationHandler } from '../answer/agent-handler';
import type { Row } from '../entity-rows';
import { addTo, type DigestSum } from './digest-tree';

/** A row as the comparison sees it; `h` and `r` by `digestRow`. */
export interface IndexedRow {
  key: string;
  /** SHA-256 of the key, 64 hex digits: what the store is sorted by. */
  h: string;
  r: bigint;
}

/** Rows by their keys. What is neither among them nor unreadable is not there: the hub is told that it is missing. */
export interface FoundRows {
  rows: readonly Row[];
  /** Keys of which it cannot be said now whether their rows are there, or what they hold. The hub is told nothing of them. */
  unreadable?: readonly string[] | undefined;
}

/** Sums that need no look at each row. */
export interface NodeSums {
  /** The non-empty nodes `depth` digits below a prefix; undefined when that is deeper than it can tell. */
  nodes(prefix: string, depth: number): ReadonlyMap<string, DigestSum> | undefined | Promise<ReadonlyMap<string, DigestSum> | undefined>;
}

/**
 * What an agent has read from its ERP. A method that throws `RetryLater` has the hub come back: right for an entity of which not
 * everything is known, since what the store leaves out, the hub deletes.
 */
export interface ReconciliationStore {
  /** The rows whose `h` starts with the prefix; with an index on `h` that is a range. In any order. */
  scan(entity: Entity, prefix: string): AsyncIterable<IndexedRow> | Iterable<IndexedRow>;
  /** Rows by their keys, as in ingest. The signal is aborted when nobody waits for them any more. */
  rows(entity: Entity, keys: readonly string[], signal: AbortSignal): Promise<FoundRows>;
  /** Sums that are kept up to date, or are quick to take; without them every digest call scans. */
  tree?(entity: Entity): NodeSums | undefined;
}

/** Answers the three calls that compare rows from a store. */
export function answerReconciliation(store: ReconciliationStore): Required<ReconciliationHandler> {
  return {
    async digest({ entity, depth, prefixes }: DigestCall) {
      const nodes: [string, string][] = [];
      for (const prefix of new Set(prefixes)) {
        const found = (await store.tree?.(entity)?.nodes(prefix, depth)) ?? (await sumUp(store, entity, prefix, depth));
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

    async rows({ entity, keys }: RowsCall, { signal }: CallContext) {
      const { rows, unreadable = [] } = await store.rows(entity, keys, signal);
      const known = new Set([...unreadable, ...rows.map((row) => keyOf(entity, row))]);
      return { rows: [...rows], missing: keys.filter((key) => !known.has(key)) };
    },
  };
}

async function sumUp(store: ReconciliationStore, entity: Entity, prefix: string, depth: number): Promise<Map<string, DigestSum>> {
  const nodes = new Map<string, DigestSum>();
  for await (const { h, r } of store.scan(entity, prefix)) addTo(nodes, h.slice(0, prefix.length + depth), 1, r);
  return nodes;
}
