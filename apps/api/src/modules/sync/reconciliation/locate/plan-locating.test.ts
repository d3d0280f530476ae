import fc from 'fast-check';
import { formatDigest, keyHash } from '@repo/contracts/digest';
import { compareKeys, type Differences } from './compare-keys';
import { beginSearch, nextQuestion, takeNodes } from './plan-locating';
import { LOCATE_LIMITS, type LocateLimits, type NodeSum } from './region';

interface ModelRow {
  h: string;
  r: bigint;
}
/** One side, by key. */
type Side = Map<string, ModelRow>;

/** Which of the prefixes a hash is below. */
function prefixFinder(prefixes: readonly string[]): (h: string) => string | undefined {
  const known = new Set(prefixes);
  const lengths = [...new Set(prefixes.map(({ length }) => length))];
  return (h) => {
    const length = lengths.find((digits) => known.has(h.slice(0, digits)));
    return length === undefined ? undefined : h.slice(0, length);
  };
}
function keysBelow(side: Side, prefixes: readonly string[]): Map<string, string> {
  const prefixOf = prefixFinder(prefixes);
  const keys = new Map<string, string>();
  for (const [key, { h, r }] of side) if (prefixOf(h) !== undefined) keys.set(key, formatDigest(r));
  return keys;
}
function nodesBelow(side: Side, depth: number, prefixes: readonly string[]): Map<string, NodeSum> {
  const prefixOf = prefixFinder(prefixes);
  const nodes = new Map<string, NodeSum>();
  for (const { h, r } of side.values()) {
    const prefix = prefixOf(h);
    if (prefix === undefined) continue;
    const full = h.slice(0, prefix.length + depth);
    const node = nodes.get(full) ?? { n: 0, d: 0n };
    nodes.set(full, { n: node.n + 1, d: BigInt.asUintN(64, node.d + r) });
  }
  return nodes;
}
const root = (side: Side): NodeSum => nodesBelow(side, 0, ['']).get('') ?? { n: 0, d: 0n };

/** Carries a search out between two sides: what it found, and what it asked of the ERP. */
function locate(erp: Side, hub: Side, limits: LocateLimits = LOCATE_LIMITS) {
  const found: Differences = { onlyInErp: [], onlyInHub: [], changed: [] };
  const calls: { ask: string; depth?: number; request: unknown; reply: unknown; size: number }[] = [];
  let search = beginSearch(root(erp), root(hub), limits);
  for (let turn = nextQuestion(search, limits); turn !== undefined; turn = nextQuestion(search, limits)) {
    const { question } = turn;
    if (calls.length > 16 * 2 * (erp.size + hub.size + 1)) throw new Error('the search does not end');
    search = turn.search;
    if (question.ask === 'nodes') {
      const prefixes = question.regions.map(({ prefix }) => prefix);
      const reply = nodesBelow(erp, question.depth, prefixes);
      const nodes = Object.fromEntries([...reply].map(([prefix, { n, d }]) => [prefix, `${n}.${formatDigest(d)}`]));
      const request = { entity: 'items', depth: question.depth, prefixes };
      calls.push({ ask: 'nodes', depth: question.depth, request, reply: { nodes }, size: reply.size });
      search = takeNodes(search, reply, nodesBelow(hub, question.depth, prefixes), limits);
    } else {
      const there = keysBelow(erp, question.prefixes);
      if (question.ask === 'hub-keys') expect(there.size).toBe(0);
      else {
        const request = { entity: 'items', prefixes: question.prefixes };
        calls.push({ ask: 'keys', request, reply: { rows: Object.fromEntries(there) }, size: there.size });
      }
      const { onlyInErp, onlyInHub, changed } = compareKeys(there, keysBelow(hub, question.prefixes));
      found.onlyInErp.push(...onlyInErp);
      found.onlyInHub.push(...onlyInHub);
      found.changed.push(...changed);
    }
  }
  return { found, calls, bytes: Buffer.byteLength(JSON.stringify(calls.map(({ request, reply }) => [request, reply]))) };
}

const byKey = (one: { key: string }, other: { key: string }) => (one.key < other.key ? -1 : 1);
const sorted = ({ onlyInErp, onlyInHub, changed }: Differences): Differences => ({
  onlyInErp: onlyInErp.toSorted(byKey),
  onlyInHub: onlyInHub.toSorted(byKey),
  changed: changed.toSorted(byKey),
});
const everything = (side: Side) => new Map([...side].map(([key, { r }]) => [key, formatDigest(r)] as const));

describe('locating what differs', () => {
  // Hashes that crowd together as those of real keys never do: the search ends all the same.
  const hash = fc.oneof(
    fc.constant('0'.repeat(16)),
    fc.array(fc.constantFrom('0', 'a', 'f'), { minLength: 16, maxLength: 16 }).map((digits) => digits.join('')),
    fc.integer({ min: 0, max: 255 }).map((n) => n.toString(16).padStart(16, '0')),
    fc.string({ minLength: 1 }).map((key) => keyHash(key).slice(0, 16)),
  );
  const content = fc.option(fc.bigInt({ min: 0n, max: 3n }), { nil: undefined });
  const rows = fc.array(fc.record({ h: hash, erp: content, hub: content }), { maxLength: 300 });
  const limits = fc.record({
    leafRows: fc.integer({ min: 1, max: 16 }),
    callNodes: fc.integer({ min: 1, max: 1_000 }),
    pageRows: fc.integer({ min: 1, max: 100 }),
    pagedShare: fc.constantFrom(0, 0.05, 1),
  });

  it('finds each difference once and nothing else, whatever the two sets, in a bounded number of calls', () => {
    fc.assert(
      fc.property(rows, limits, (model, bounds) => {
        const [erp, hub]: [Side, Side] = [new Map(), new Map()];
        for (const [place, row] of model.entries()) {
          // Digests that do not cancel each other out in a sum, as 64 bits of SHA-256 do not.
          const r = (of: bigint) => BigInt(`0x${keyHash(`${place} ${of}`).slice(0, 16)}`);
          if (row.erp !== undefined) erp.set(`K-${place}`, { h: row.h, r: r(row.erp) });
          if (row.hub !== undefined) hub.set(`K-${place}`, { h: row.h, r: r(row.hub) });
        }
        const { found, calls } = locate(erp, hub, bounds);
        expect(sorted(found)).toEqual(sorted(compareKeys(everything(erp), everything(hub))));
        for (const { depth = 0 } of calls) expect(depth).toBeLessThanOrEqual(2);
      }),
      { numRuns: 100 },
    );
  });

  it('ends at the digits that the hub stores, however many rows share them', () => {
    const crowd: Side = new Map(Array.from({ length: 100 }, (_, n) => [`K-${n}`, { h: '0'.repeat(16), r: BigInt(n) }]));
    const { found, calls } = locate(edited(crowd, 1), crowd, { ...LOCATE_LIMITS, pagedShare: 1 });
    expect(found.changed).toEqual([{ key: 'K-0', erp: formatDigest(7n), hub: formatDigest(0n) }]);
    expect(calls.at(-1)?.request).toEqual({ entity: 'items', prefixes: ['0'.repeat(16)] });
  });

  it('asks nothing when the roots are equal', () => {
    expect(nextQuestion(beginSearch({ n: 3, d: 7n }, { n: 3, d: 7n }))).toBeUndefined();
  });

  it('reads the keys of a small set at once, and asks the ERP nothing where it has no rows', () => {
    const few = catalogue(40);
    expect(locate(few, edited(few, 3)).calls.map(({ ask }) => ask)).toEqual(['keys']);
    expect(locate(new Map(), few).calls).toEqual([]);
    expect(locate(new Map(), few).found.onlyInHub).toHaveLength(40);
  });
});

function catalogue(size: number): Side {
  const side: Side = new Map();
  for (let n = 0; n < size; n += 1) {
    const key = `SKU-${String(n).padStart(7, '0')}`;
    const digits = keyHash(key);
    side.set(key, { h: digits.slice(0, 16), r: BigInt(`0x${digits.slice(16, 32)}`) });
  }
  return side;
}
/** The same with so many rows changed, spread over it. */
function edited(side: Side, count: number): Side {
  const keys = [...side.keys()];
  const copy = new Map(side);
  for (let n = 0; n < count; n += 1) {
    const key = keys[Math.floor((n * keys.length) / count)] ?? '';
    copy.set(key, { h: side.get(key)?.h ?? '', r: BigInt(n + 7) });
  }
  return copy;
}

describe('of a hundred thousand rows', () => {
  const many = catalogue(100_000);

  // What ten among a million take is measured by `pnpm bench reconciliation`.
  it('finds ten that differ with two calls for nodes, one for keys, and at most 96 KB', () => {
    const { found, calls, bytes } = locate(edited(many, 10), many);
    expect(found.changed).toHaveLength(10);
    expect(calls.map(({ ask, depth }) => [ask, depth])).toEqual([
      ['nodes', 2],
      ['nodes', 1],
      ['keys', undefined],
    ]);
    expect(bytes).toBeLessThanOrEqual(96 * 1024);
  });

  it('reads only keys once more than a twentieth is missing, in pages', () => {
    const hub = new Map([...many].slice(0, 90_000));
    const { found, calls } = locate(many, hub);
    expect(found.onlyInErp).toHaveLength(10_000);
    expect(new Set(calls.map(({ ask }) => ask))).toEqual(new Set(['keys']));
    for (const { size } of calls) expect(size).toBeLessThan(22_000);
  });

  it('stops asking for nodes where those show that much differs', () => {
    const { found, calls } = locate(edited(many, 20_000), many, { ...LOCATE_LIMITS, callNodes: 512 });
    expect(found.changed).toHaveLength(20_000);
    const nodes = calls.filter(({ ask }) => ask === 'nodes').length;
    expect(nodes).toBeLessThanOrEqual(2);
  });
});
