import { formatDigest, rowDigestHex } from '@repo/contracts/digest';
import type { Entity } from '@repo/contracts/primitives';
import type { Verdict } from '@repo/contracts/verdicts';

/**
 * What an agent knows the hub to hold of its rows: the content hash of each key, for the digests of its heartbeats. A parked row
 * counts as well: the hub has received it, and waits for something that is not the agent's to send again.
 */
export class Ledger {
  private readonly hashes: Record<Entity, Map<string, string>> = { items: new Map(), stock: new Map(), warehouses: new Map() };

  /** Enters what became of a row that was pushed; one that was refused leaves what was held before. */
  record(entity: Entity, contentHash: string, verdict: Verdict): void {
    const held = verdict.status === 'failed' ? verdict.parked === true : verdict.status === 'processed' || verdict.reason === 'unchanged';
    if (held && verdict.key !== null) this.hashes[entity].set(verdict.key, contentHash);
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
