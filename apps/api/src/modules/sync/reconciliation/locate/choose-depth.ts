import { DEEPEST_STEP, LONGEST_PREFIX, rowsIn, type LocateLimits, type Region } from './region';

/** Whether a region is small enough, or lies deep enough, to be asked for by key. */
export function isLeaf(region: Region, { leafRows }: LocateLimits): boolean {
  return rowsIn(region) <= leafRows * 4 || region.prefix.length >= LONGEST_PREFIX;
}

/** How many digits below these regions to look next: so that the last level comes out nearest to `leafRows` rows a node. */
export function chooseDepth(regions: readonly Region[], { leafRows }: LocateLimits): number {
  let most = 1;
  let longest = 0;
  for (const region of regions) {
    most = Math.max(most, rowsIn(region));
    longest = Math.max(longest, region.prefix.length);
  }
  const levels = Math.round(Math.log(most / leafRows) / Math.log(16));
  return Math.max(1, Math.min(levels, DEEPEST_STEP, LONGEST_PREFIX - longest));
}

/**
 * The share of rows that differ, guessed from how many of the nodes do: one of `m` rows is the same with a chance of
 * (1 − share)^m. Where every node differs this is the least that it can be.
 */
export function guessShare(nodes: number, differing: number, rows: number): number {
  if (nodes === 0 || rows === 0) return 0;
  const same = Math.max(nodes - differing, 0.5) / nodes;
  return 1 - same ** (nodes / rows);
}
