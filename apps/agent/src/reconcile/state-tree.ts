import { setImmediate as afterOthers } from 'node:timers/promises';
import type { IndexedRow } from '@erp-sync-hub/agent-sdk/digest/answer-reconciliation';
import { addTo, type DigestSum } from '@erp-sync-hub/agent-sdk/digest/digest-tree';
import { keyHash } from '@repo/contracts/digest';
import type { Entity } from '@repo/contracts/primitives';
import type { AgentDatabase } from '../state/agent-database';
import { prefixOf, rangesBelow, STORED_DIGITS } from './tree-ranges';

interface Summed {
  node: bigint;
  n: bigint;
  high: bigint;
  low: bigint;
}

/** The tree over the rows of the state: SQLite adds up what is asked for, piece by piece, and others get their turn in between. */
export class StateTree {
  constructor(private readonly database: AgentDatabase) {}

  /** The non-empty nodes `depth` digits below a prefix; undefined when that is deeper than what is stored of a hash. */
  async nodes(entity: Entity, prefix: string, depth: number): Promise<Map<string, DigestSum> | undefined> {
    const digits = prefix.length + depth;
    if (digits > STORED_DIGITS) return undefined;
    // In halves: SQLite refuses a sum that does not fit into 64 bits.
    const statement = this.database
      .prepare(
        `select place >> ? as node, count(*) as n, sum(r >> 32) as high, sum(r & 4294967295) as low
         from source_rows where entity = ? and place between ? and ? group by 1`,
      )
      .safeIntegers(true);
    const nodes = new Map<string, DigestSum>();
    for (const { first, last } of rangesBelow(prefix)) {
      const found = statement.all(4 * (STORED_DIGITS - digits), entity, first, last) as Summed[];
      for (const { node, n, high, low } of found) addTo(nodes, prefixOf(node, digits), Number(n), (high << 32n) + low);
      await afterOthers();
    }
    return nodes;
  }

  async *scan(entity: Entity, prefix: string): AsyncGenerator<IndexedRow> {
    const statement = this.database.prepare('select key, r from source_rows where entity = ? and place between ? and ?').safeIntegers(true);
    for (const { first, last } of rangesBelow(prefix)) {
      for (const { key, r } of statement.all(entity, first, last) as { key: string; r: bigint }[]) {
        const h = keyHash(key);
        if (prefix.length <= STORED_DIGITS || h.startsWith(prefix)) yield { key, h, r };
      }
      await afterOthers();
    }
  }
}
