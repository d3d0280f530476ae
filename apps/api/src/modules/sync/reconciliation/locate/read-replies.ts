import { keyHash } from '@repo/contracts/digest';
import { DigestReply, KeysReply, RowDigestText, type DigestCall, type KeysCall } from '@repo/contracts/agent-protocol/reconciliation-calls';
import type { KeyDigests } from './compare-keys';
import type { NodeSum } from './region';

/** A reply that no honest agent gives; the text names no more than one prefix of it, never a key. */
export interface Lie {
  lie: string;
}

/** The nodes of a 200 reply to a digest call: each at the depth and below a prefix that was asked for. Never throws. */
export function readNodesReply({ depth, prefixes }: Pick<DigestCall, 'depth' | 'prefixes'>, body: unknown): Map<string, NodeSum> | Lie {
  const parsed = DigestReply.safeParse(body);
  if (!parsed.success) return { lie: 'the reply is not one of nodes' };
  const asked = new Set(prefixes);
  const nodes = new Map<string, NodeSum>();
  for (const [prefix, node] of Object.entries(parsed.data.nodes)) {
    const parent = prefix.length < depth ? undefined : prefix.slice(0, prefix.length - depth);
    if (parent === undefined || !asked.has(parent)) return { lie: `node "${prefix}" was not asked for` };
    const [n = '', d = ''] = node.split('.');
    nodes.set(prefix, { n: Number(n), d: BigInt(`0x${d}`) });
  }
  return nodes;
}

/** The rows of a 200 reply to a keys call: each below a prefix that was asked for, and at most `mostKeys`. Never throws. */
export function readKeysReply({ prefixes }: Pick<KeysCall, 'prefixes'>, body: unknown, mostKeys: number): KeyDigests | Lie {
  const parsed = KeysReply.safeParse(body);
  if (!parsed.success) return { lie: 'the reply is not one of keys' };
  // Not of what was parsed: that has lost a key called `__proto__`.
  const rows = Object.entries((body as { rows: Record<string, unknown> }).rows);
  if (rows.length > mostKeys) return { lie: `${rows.length} keys, more than the ${mostKeys} that there can be` };
  const asked = new Set(prefixes);
  const lengths = [...new Set(prefixes.map(({ length }) => length))];
  const keys = new Map<string, string>();
  for (const [key, digest] of rows) {
    const read = RowDigestText.safeParse(digest);
    if (!read.success) return { lie: 'a digest is not 16 lower-case hex digits' };
    const h = keyHash(key);
    if (!lengths.some((length) => asked.has(h.slice(0, length)))) return { lie: 'a key is not below a prefix that was asked for' };
    keys.set(key, read.data);
  }
  return keys;
}
