import { digestRow, formatDigest } from '@repo/contracts/digest';
import { DigestReply, KeysReply, RowsReply } from '@repo/contracts/agent-protocol/reconciliation-calls';
import fc from 'fast-check';
import vectors from '../../../contracts/vectors/digest-vectors.json';
import type { CallContext } from '../answer/agent-handler';
import { answerReconciliation, type ReconciliationStore } from './answer-reconciliation';
import { MemoryStore } from './memory-store';

const context = {} as CallContext;
const item = (sku: string, contentHash: string) => ({ sku, contentHash, name: sku });

function filled(rows: readonly { key: string; contentHash: string }[]): MemoryStore {
  const store = new MemoryStore();
  for (const { key, contentHash } of rows) store.put('items', item(key, contentHash));
  return store;
}
/** The same rows, without sums that are kept. */
const withoutTree = (store: MemoryStore): ReconciliationStore => ({
  scan: (entity, prefix) => store.scan(entity, prefix),
  rows: (entity, keys) => store.rows(entity, keys),
});

describe('the digests of the vectors', () => {
  const store = filled(vectors.rows);
  const nodesOf = (of: ReconciliationStore) => async (depth: number, prefixes: string[]) =>
    DigestReply.parse(await answerReconciliation(of).digest({ entity: 'items', depth, prefixes }, context)).nodes;

  it.each([
    ['kept', store],
    ['summed up', withoutTree(store)],
  ])('come out right, %s', async (_, of) => {
    const nodes = nodesOf(of);
    expect(await nodes(0, [''])).toEqual({ '': `${vectors.root.count}.${vectors.root.digest}` });
    expect(await nodes(1, [''])).toEqual(vectors.depth1);
    expect(await nodes(2, [''])).toEqual(vectors.depth2);
    expect(await nodes(0, Object.keys(vectors.depth2))).toEqual(vectors.depth2);
    expect(await nodes(1, [...Object.keys(vectors.depth1), 'ff', 'ff'])).toMatchObject(vectors.depth2);
  });

  it('are what a heartbeat carries', () => {
    expect(store.root('items')).toEqual(vectors.root);
    expect(store.root('stock')).toEqual(vectors.emptyRoot);
  });

  it('go with the keys', async () => {
    const { rows } = KeysReply.parse(
      await answerReconciliation(store).keys({ entity: 'items', prefixes: ['bc', 'bc4e7b', 'ca'] }, context),
    );
    const expected = vectors.rows.filter(({ h }) => h.startsWith('bc') || h.startsWith('ca')).map(({ key, r }) => [key, r] as const);
    expect(rows).toEqual(Object.fromEntries(expected));
    expect(expected.length).toBeGreaterThan(1);
  });
});

it('keeps its sums right whatever is put in and taken out', async () => {
  const change = fc.record({ key: fc.integer({ min: 0, max: 40 }).map(String), hash: fc.constantFrom('a', 'b', undefined) });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 200 }), fc.integer({ min: 0, max: 4 }), async (changes, depth) => {
      const store = new MemoryStore();
      const left = new Map<string, string>();
      for (const { key, hash } of changes) {
        if (hash === undefined) {
          expect(store.delete('items', key)).toBe(left.delete(key));
        } else {
          store.put('items', item(key, hash));
          left.set(key, hash);
        }
      }
      const sum = [...left].reduce((so, [key, hash]) => so + digestRow(key, hash).r, 0n);
      expect(store.root('items')).toEqual({ count: left.size, digest: formatDigest(sum) });
      const call = { entity: 'items' as const, depth, prefixes: ['', '0', '7f', 'abc', 'abcd'] };
      expect(await answerReconciliation(store).digest(call, context)).toEqual(
        await answerReconciliation(withoutTree(store)).digest(call, context),
      );
    }),
    { numRuns: 30 },
  );
});

it('gives the rows that are there, and says which are not', async () => {
  const answers = answerReconciliation(filled([{ key: 'A-1', contentHash: 'h' }]));
  expect(RowsReply.parse(await answers.rows({ entity: 'items', keys: ['A-1', 'A-2'] }, context))).toEqual({
    rows: [item('A-1', 'h')],
    missing: ['A-2'],
  });
});

it('says nothing of rows that cannot be read now', async () => {
  const store: ReconciliationStore = {
    scan: () => [],
    rows: () => Promise.resolve({ rows: [item('A-1', 'h')], unreadable: ['A-2'] }),
  };
  const reply = await answerReconciliation(store).rows({ entity: 'items', keys: ['A-1', 'A-2', 'A-3'] }, context);
  expect(reply).toEqual({ rows: [item('A-1', 'h')], missing: ['A-3'] });
});

it('has keys of any name', async () => {
  const answers = answerReconciliation(
    filled([
      { key: '__proto__', contentHash: 'h' },
      { key: 'constructor', contentHash: 'h' },
    ]),
  );
  const reply = JSON.stringify(await answers.keys({ entity: 'items', prefixes: [''] }, context));
  expect(reply).toContain('"__proto__":');
  expect(reply).toContain('"constructor":');
});

it('refuses a row without a key or a hash', () => {
  expect(() => new MemoryStore().put('items', { name: 'x', contentHash: 'h' })).toThrow(TypeError);
  expect(() => new MemoryStore().put('items', { sku: 'x' })).toThrow(TypeError);
});

it('tells keys apart that differ below the sums that are kept', async () => {
  const rows = Array.from({ length: 2_000 }, (_, n) => ({ key: `A-${n}`, contentHash: 'h', ...digestRow(`A-${n}`, 'h') }));
  const store = filled(rows);
  const crowded = rows.filter(({ h, key }) => rows.some((other) => other.key !== key && other.h.startsWith(h.slice(0, 4))));
  expect(crowded.length).toBeGreaterThan(10);
  for (const { key, h } of crowded) {
    const { rows: found } = await answerReconciliation(store).keys({ entity: 'items', prefixes: [h.slice(0, 8)] }, context);
    expect(Object.keys(found)).toEqual([key]);
  }
});
