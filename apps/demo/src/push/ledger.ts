import { formatDigest, rowDigestHex } from '@repo/contracts/digest';
import type { Entity } from '@repo/contracts/primitives';

/** What an agent knows the hub to hold of its rows: the content hash of each key, for the digests of its heartbeats. */
export class Ledger {
  private readonly hashes: Record<Entity, Map<string, string>> = { items: new Map(), stock: new Map(), warehouses: new Map() };

  set(entity: Entity, key: string, contentHash: string): void {
    this.hashes[entity].set(key, contentHash);
  }

  hashOf(entity: Entity, key: string): string | undefined {
    return this.hashes[entity].get(key);
  }

  /** Count and digest (the sum of the row digests modulo 2^64) of one entity, as a heartbeat sends them. */
  root(entity: Entity): { count: number; digest: string } {
    const rows = this.hashes[entity];
    let sum = 0n;
    for (const [key, contentHash] of rows) sum += BigInt(`0x${rowDigestHex(key, contentHash)}`);
    return { count: rows.size, digest: formatDigest(sum) };
  }

  roots(): Record<Entity, { count: number; digest: string }> {
    return { items: this.root('items'), stock: this.root('stock'), warehouses: this.root('warehouses') };
  }
}
