import { formatDigest, type RowDigest } from '@repo/contracts/digest';

/** How many hex digits of a key's hash the tree tells apart. */
export const TREE_DEPTH = 4;
const LEAVES = 16 ** TREE_DEPTH;

/** A node of the tree: how many rows, and the sum of their digests. */
export interface DigestSum {
  n: number;
  d: bigint;
}

/** The root as a heartbeat carries it. */
export interface RootDigest {
  count: number;
  digest: string;
}

/**
 * Sums over the rows of one entity, kept up to date by adding and subtracting: the root, and every node up to 4 digits below
 * it, without looking at a row. Takes 0.8 MB, whatever the number of rows.
 */
export class DigestTree {
  private readonly counts = new Uint32Array(LEAVES);
  private readonly sums = new BigUint64Array(LEAVES);
  private total = 0;
  private sum = 0n;

  add({ h, r }: RowDigest): void {
    this.change(h, 1, r);
  }

  /** Of a row that was added before, with the same digest. */
  remove({ h, r }: RowDigest): void {
    this.change(h, -1, -r);
  }

  root(): RootDigest {
    return { count: this.total, digest: formatDigest(this.sum) };
  }

  /** The non-empty nodes `depth` digits below a prefix; undefined when that is deeper than the tree. */
  nodes(prefix: string, depth: number): Map<string, DigestSum> | undefined {
    const digits = prefix.length + depth;
    if (digits > TREE_DEPTH) return undefined;
    const nodes = new Map<string, DigestSum>();
    const width = 16 ** (TREE_DEPTH - prefix.length);
    const first = prefix === '' ? 0 : Number.parseInt(prefix, 16) * width;
    for (let leaf = first; leaf < first + width; leaf += 1) {
      const n = this.counts[leaf] ?? 0;
      if (n > 0) addTo(nodes, leaf.toString(16).padStart(TREE_DEPTH, '0').slice(0, digits), n, this.sums[leaf] ?? 0n);
    }
    return nodes;
  }

  private change(h: string, n: number, r: bigint): void {
    const leaf = Number.parseInt(h.slice(0, TREE_DEPTH), 16);
    this.counts[leaf] = (this.counts[leaf] ?? 0) + n;
    // The array takes it modulo 2^64.
    this.sums[leaf] = (this.sums[leaf] ?? 0n) + r;
    this.total += n;
    this.sum += r;
  }
}

/** Adds rows to a node. */
export function addTo(nodes: Map<string, DigestSum>, prefix: string, n: number, d: bigint): void {
  const node = nodes.get(prefix);
  if (node === undefined) nodes.set(prefix, { n, d });
  else {
    node.n += n;
    node.d += d;
  }
}
