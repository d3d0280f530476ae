import { formatDigest, rowDigestHex } from '@repo/contracts/digest';

/** What a commit says of a snapshot: distinct keys, and the sum over the last hash that was sent for each (16 hex digits). */
export interface SnapshotSum {
  count: number;
  digest: string;
}

/** Remembers what was sent in a snapshot: keys and their last hash. */
export interface SnapshotKeys {
  /** These have arrived at the hub, in this order; a key may come again, and its last hash counts. */
  put(rows: readonly { key: string; contentHash: string }[]): void;
  sum(): SnapshotSum;
}

/** In memory, about 150 bytes a key. For large catalogues keep them in a database. */
export class MemorySnapshotKeys implements SnapshotKeys {
  private readonly digests = new Map<string, bigint>();
  private total = 0n;

  put(rows: readonly { key: string; contentHash: string }[]): void {
    for (const { key, contentHash } of rows) {
      const r = BigInt(`0x${rowDigestHex(key, contentHash)}`);
      this.total += r - (this.digests.get(key) ?? 0n);
      this.digests.set(key, r);
    }
  }

  sum(): SnapshotSum {
    return { count: this.digests.size, digest: formatDigest(this.total) };
  }
}
