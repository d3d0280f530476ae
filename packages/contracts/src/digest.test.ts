import vectors from '../vectors/digest-vectors.json';
import example from '../vectors/worked-example.json';
import { digestRow, formatDigest, keyHash, rowDigestHex } from './digest';

interface Node {
  n: number;
  d: bigint;
}

/** The non-empty nodes `depth` digits below the root, as they travel. */
function nodesAt(depth: number, rows = vectors.rows): Record<string, string> {
  const nodes = new Map<string, Node>();
  for (const { key, contentHash } of rows) {
    const { h, r } = digestRow(key, contentHash);
    const node = nodes.get(h.slice(0, depth)) ?? { n: 0, d: 0n };
    nodes.set(h.slice(0, depth), { n: node.n + 1, d: node.d + r });
  }
  return Object.fromEntries([...nodes].map(([prefix, { n, d }]) => [prefix, `${n}.${formatDigest(d)}`]));
}

describe('digests', () => {
  it.each(vectors.rows)('of $key are those of the vectors', ({ key, contentHash, h, r }) => {
    expect(digestRow(key, contentHash).h).toBe(h);
    expect(rowDigestHex(key, contentHash)).toBe(r);
  });

  it('add up to the nodes and the root of the vectors', () => {
    expect(nodesAt(0)['']).toBe(`${vectors.root.count}.${vectors.root.digest}`);
    expect(nodesAt(1)).toEqual(vectors.depth1);
    expect(nodesAt(2)).toEqual(vectors.depth2);
    expect(formatDigest(0n)).toBe(vectors.emptyRoot.digest);
  });

  it('are those of the worked example, before and after its one change', () => {
    expect(example.rows).toHaveLength(10);
    for (const { key, contentHash, h, r } of example.rows) expect([keyHash(key), rowDigestHex(key, contentHash)]).toEqual([h, r]);
    expect(nodesAt(0, example.rows)['']).toBe(`${example.root.count}.${example.root.digest}`);
    expect(nodesAt(1, example.rows)).toEqual(example.depth1);
    expect(nodesAt(2, example.rows)).toEqual(example.depth2);
    const { key, contentHash, r, root } = example.changed;
    expect(rowDigestHex(key, contentHash)).toBe(r);
    const after = example.rows.map((row) => (row.key === key ? { ...row, contentHash } : row));
    expect(nodesAt(0, after)['']).toBe(`${root.count}.${root.digest}`);
  });

  it('stay within 64 bits, below zero too', () => {
    expect(formatDigest(-1n)).toBe('ffffffffffffffff');
    expect(formatDigest((1n << 64n) + 5n)).toBe('0000000000000005');
  });
});
