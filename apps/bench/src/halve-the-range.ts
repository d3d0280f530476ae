/** What a search takes. */
export interface SearchCost {
  calls: number;
  /** Of JSON, both ways, without the keys of the last level. */
  bytes: number;
}

/** A question for one half (entity and both ends) and its answer (count and digest). */
const BYTES_A_CALL = 110;

/**
 * What halving the range of key hashes would take on the same set: for every range that differs one call for each half, down to
 * at most `leafRows` rows, which are then asked for by key. `places`: which of `rows` rows, in the order of their hashes, differ.
 */
export function halveTheRange(rows: number, places: readonly number[], leafRows = 16): SearchCost {
  const sorted = [...places].sort((a, b) => a - b);
  const below = (limit: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] as number) < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const callsBelow = (from: number, to: number): number => {
    if (below(to) === below(from)) return 0;
    if (to - from <= leafRows) return 1;
    const middle = (from + to) >> 1;
    return 2 + callsBelow(from, middle) + callsBelow(middle, to);
  };
  const calls = callsBelow(0, rows);
  return { calls, bytes: calls * BYTES_A_CALL };
}
