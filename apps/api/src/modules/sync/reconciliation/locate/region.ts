/** A node of the digest tree: how many rows, and the sum of their digests modulo 2^64. */
export interface NodeSum {
  n: number;
  d: bigint;
}

/** Non-empty nodes by their full prefix. */
export type Nodes = ReadonlyMap<string, NodeSum>;

/** A part of the tree that differs: the rows whose key hash starts with `prefix`, as each side counted them. */
export interface Region {
  prefix: string;
  erp: number;
  hub: number;
}

/** How large the parts of a search get. */
export interface LocateLimits {
  /** What a node of the last level holds on the average; up to four times as many rows are asked for by key. */
  leafRows: number;
  /** The most nodes that one reply holds, some 30 bytes each. */
  callNodes: number;
  /** About how many keys one reply holds. */
  pageRows: number;
  /** The share of rows that differ above which keys are cheaper to read than nodes. */
  pagedShare: number;
}

/** 0.5 MB of nodes, and keys of at most some hundred bytes each, stay well under the 10 MB that a reply may have. */
export const LOCATE_LIMITS: LocateLimits = { leafRows: 16, callNodes: 16_384, pageRows: 20_000, pagedShare: 0.05 };

/** How many digits of a key's hash the hub stores: no prefix is longer. */
export const LONGEST_PREFIX = 16;
/** No level lies deeper than this below the one before, so that one node that differs costs at most 256 nodes. */
export const DEEPEST_STEP = 2;

/** The rows of the side that has more. */
export const rowsIn = ({ erp, hub }: Region): number => Math.max(erp, hub);
