import { chooseDepth, guessShare, isLeaf } from './choose-depth';
import { takePage } from './page-keys';
import { LOCATE_LIMITS, rowsIn, type LocateLimits, type Nodes, type NodeSum, type Region } from './region';

/** What to read next. `hub-keys` needs no call: the ERP has no row there. */
export type Question =
  | { ask: 'nodes'; depth: number; regions: readonly Region[] }
  /** `rows`: about how many the side with more has there. */
  | { ask: 'keys'; prefixes: readonly string[]; rows: number }
  | { ask: 'hub-keys'; prefixes: readonly string[] };

/** A search under way: plain data, and what is left of it to do. */
export interface Search {
  /** Regions that differ and are too large to read their keys. */
  wide: readonly Region[];
  /** Regions whose keys are to be read on both sides. */
  keyed: readonly Region[];
  /** Regions where only the hub has rows. */
  hubOnly: readonly Region[];
  /** So much differs that no more nodes are asked for. */
  paged: boolean;
}

/** A search that begins at the two roots; when they are equal there is nothing left to do. */
export function beginSearch(erp: NodeSum, hub: NodeSum, limits = LOCATE_LIMITS): Search {
  const empty: Search = { wide: [], keyed: [], hubOnly: [], paged: false };
  if (same(erp, hub)) return empty;
  const root = { prefix: '', erp: erp.n, hub: hub.n };
  const unlike = Math.abs(erp.n - hub.n) > rowsIn(root) * limits.pagedShare;
  return sortIn({ ...empty, paged: unlike }, [root], limits);
}

/** The next question, and the search without it; undefined at the end. Answer `nodes` with `takeNodes`. */
export function nextQuestion(search: Search, limits = LOCATE_LIMITS): { question: Question; search: Search } | undefined {
  if (search.wide.length > 0) {
    const depth = chooseDepth(search.wide, limits);
    const taken = Math.max(1, Math.floor(limits.callNodes / 16 ** depth));
    const regions = search.wide.slice(0, taken);
    return { question: { ask: 'nodes', depth, regions }, search: { ...search, wide: search.wide.slice(taken) } };
  }
  if (search.keyed.length > 0) {
    const { page, rows, rest } = takePage(search.keyed, limits.pageRows);
    return { question: { ask: 'keys', prefixes: page, rows }, search: { ...search, keyed: rest } };
  }
  if (search.hubOnly.length > 0) {
    const { page, rest } = takePage(search.hubOnly, limits.pageRows);
    return { question: { ask: 'hub-keys', prefixes: page }, search: { ...search, hubOnly: rest } };
  }
  return undefined;
}

/** The search after both sides have told their nodes: those that differ are looked into, the others are done. */
export function takeNodes(search: Search, erp: Nodes, hub: Nodes, limits: LocateLimits = LOCATE_LIMITS): Search {
  const differing: Region[] = [];
  const prefixes = new Set([...erp.keys(), ...hub.keys()]);
  let rows = 0;
  for (const prefix of prefixes) {
    const [there, here] = [erp.get(prefix) ?? NONE, hub.get(prefix) ?? NONE];
    rows += Math.max(there.n, here.n);
    if (!same(there, here)) differing.push({ prefix, erp: there.n, hub: here.n });
  }
  const paged = search.paged || guessShare(prefixes.size, differing.length, rows) > limits.pagedShare;
  return sortIn({ ...search, wide: [], paged }, [...search.wide, ...differing], limits);
}

const NONE: NodeSum = { n: 0, d: 0n };
const same = (one: NodeSum, other: NodeSum): boolean => one.n === other.n && one.d === other.d;

function sortIn(search: Search, regions: readonly Region[], limits: LocateLimits): Search {
  const wide = [...search.wide];
  const keyed = [...search.keyed];
  const hubOnly = [...search.hubOnly];
  for (const region of regions) {
    if (region.erp === 0) hubOnly.push(region);
    else if (search.paged || region.hub === 0 || isLeaf(region, limits)) keyed.push(region);
    else wide.push(region);
  }
  return { ...search, wide, keyed, hubOnly };
}
