import type { Entity } from '@repo/contracts/primitives';
import { readKeys } from '@repo/shared/database/reconciliation/read-keys';
import { readNodes } from '@repo/shared/database/reconciliation/read-nodes';
import type { Pool } from 'pg';
import type { KeyDigests } from './compare-keys';
import type { ComparedSide } from './locate-differences';
import type { NodeSum } from './region';

/** The hub's own rows, as a side of a comparison. */
export class HubSide implements ComparedSide {
  constructor(
    private readonly pool: Pool,
    private readonly vendorId: string,
    private readonly entity: Entity,
  ) {}

  /** One statement for each length of prefix. */
  async nodes(depth: number, prefixes: string[]): Promise<Map<string, NodeSum>> {
    const nodes = new Map<string, NodeSum>();
    for (const length of new Set(prefixes.map((prefix) => prefix.length))) {
      const some = prefixes.filter((prefix) => prefix.length === length);
      for (const [prefix, sum] of await readNodes(this.pool, this.vendorId, this.entity, depth, some)) nodes.set(prefix, sum);
    }
    return nodes;
  }

  keys(prefixes: string[]): Promise<KeyDigests> {
    return readKeys(this.pool, this.vendorId, this.entity, prefixes);
  }
}
