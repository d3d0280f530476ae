import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CallContext } from '@erp-sync-hub/agent-sdk/answer/agent-handler';
import { answerReconciliation } from '@erp-sync-hub/agent-sdk/digest/answer-reconciliation';
import { MemoryStore } from '@erp-sync-hub/agent-sdk/digest/memory-store';
import { contentHashOf } from '@repo/contracts/content-hash';
import { keyHash } from '@repo/contracts/digest';
import vectors from '../../../../packages/contracts/vectors/digest-vectors.json';
import { Shelf } from '../../test/support/shelf';
import { openAgentDatabase, type AgentDatabase } from '../state/agent-database';
import { Meta } from '../state/meta';
import { SourceRows } from '../state/source-rows';
import { RowClock } from '../sync/row-clock';
import { rootsOf } from './roots-of';
import { StateStore } from './state-store';
import { StateTree } from './state-tree';

let folder: string;
let database: AgentDatabase;
let shelf: Shelf;
let source: SourceRows;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'agent-reconcile-'));
  database = openAgentDatabase(path.join(folder, 'agent.db'));
  shelf = new Shelf();
  source = new SourceRows(database);
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const context = { signal: new AbortController().signal } as CallContext;
function answers() {
  const clock = new RowClock(new Meta(database), Date.now);
  const store = new StateStore({ connector: shelf.connector, source, clock, tree: new StateTree(database), entities: ['items'] });
  return answerReconciliation(store);
}
function holds(rows: readonly { key: string; hash: string }[]): void {
  source.read('items', rows, new Date());
  source.digests.setComplete('items');
}
const onShelf = () => [...shelf.items].map(([sku, name]) => ({ key: sku, hash: contentHashOf({ sku, name }) }));

it('gives the sums and the keys of the vectors', async () => {
  holds(vectors.rows.map(({ key, contentHash }) => ({ key, hash: contentHash })));
  const nodes = async (depth: number, prefixes: string[]) => (await answers().digest({ entity: 'items', depth, prefixes }, context)).nodes;
  expect(await nodes(0, [''])).toEqual({ '': `${vectors.root.count}.${vectors.root.digest}` });
  expect(await nodes(1, [''])).toEqual(vectors.depth1);
  expect(await nodes(2, [''])).toEqual(vectors.depth2);
  expect(await nodes(0, Object.keys(vectors.depth2))).toEqual(vectors.depth2);
  const { rows } = await answers().keys({ entity: 'items', prefixes: [''] }, context);
  expect(rows).toEqual(Object.fromEntries(vectors.rows.map(({ key, r }) => [key, r])));
  expect(rootsOf(source.digests, ['items', 'stock'])).toEqual({ items: vectors.root });
});

it('says the same as a store in memory, at every depth and below every prefix', async () => {
  const memory = new MemoryStore();
  const rows = Array.from({ length: 700 }, (_, n) => ({ key: `A-${n}`, hash: `h${n % 7}` }));
  for (const { key, hash } of rows) memory.put('items', { sku: key, contentHash: hash });
  holds(rows);
  const h = keyHash('A-3');
  for (const depth of [0, 1, 2, 3, 4]) {
    const call = {
      entity: 'items' as const,
      depth,
      prefixes: ['', '0', '9', 'f', ...[1, 2, 3, 4, 12, 15, 16, 40].map((n) => h.slice(0, n))],
    };
    expect(await answers().digest(call, context)).toEqual(await answerReconciliation(memory).digest(call, context));
  }
  for (const prefix of ['8', h.slice(0, 3), h.slice(0, 16), h.slice(0, 40)]) {
    const call = { entity: 'items' as const, prefixes: [prefix] };
    const reply = await answers().keys(call, context);
    expect(reply).toEqual(await answerReconciliation(memory).keys(call, context));
    expect(Object.keys(reply.rows).length).toBeGreaterThan(0);
  }
});

it('reads rows from the source, and knows from then on what they hold', async () => {
  shelf.items.set('A', 'a').set('B', 'b').set('C', 'c');
  holds(onShelf());
  shelf.items.set('A', 'changed').delete('B');
  const reply = await answers().rows({ entity: 'items', keys: ['A', 'B'] }, context);
  expect(reply).toMatchObject({ rows: [{ sku: 'A', name: 'changed', contentHash: expect.any(String) as string }], missing: ['B'] });
  expect([...source.known('items', ['A', 'B', 'C'])].map(([key, { hash }]) => ({ key, hash }))).toEqual(onShelf());
  expect(source.digests.root('items').count).toBe(2);
});

it('calls no row missing that may be there', async () => {
  shelf.items.set('A', 'a').set('torn', 't').set('dark', 'd');
  holds([...onShelf(), { key: 'gone', hash: 'h' }]);
  shelf.torn.add('torn');
  const keys = ['A', 'torn', 'dark', 'gone'];
  expect(await answers().rows({ entity: 'items', keys: ['A', 'torn'] }, context)).toMatchObject({ rows: [{ sku: 'A' }], missing: [] });
  shelf.illegible.add('dark');
  expect(await answers().rows({ entity: 'items', keys }, context)).toMatchObject({ rows: [{ sku: 'A' }], missing: [] });
  expect(source.digests.root('items').count).toBe(4);
  shelf.illegible.clear();
  expect(await answers().rows({ entity: 'items', keys }, context)).toMatchObject({ missing: ['gone'] });
});

it('has the hub come back rather than tell it a part', async () => {
  shelf.items.set('A', 'a');
  const call = { entity: 'items' as const, depth: 0, prefixes: [''] };
  source.read('items', onShelf(), new Date());
  await expect(answers().digest(call, context)).rejects.toMatchObject({ name: 'RetryLater', seconds: 60 });
  await expect(answers().keys(call, context)).rejects.toMatchObject({ name: 'RetryLater' });
  await expect(answers().rows({ entity: 'items', keys: ['A'] }, context)).rejects.toMatchObject({ name: 'RetryLater' });
  expect(rootsOf(source.digests, ['items'])).toEqual({});
  source.digests.setComplete('items');
  await expect(answers().digest({ ...call, entity: 'stock' }, context)).rejects.toMatchObject({ name: 'RetryLater', seconds: 3_600 });
  shelf.allThere = false;
  await expect(answers().rows({ entity: 'items', keys: ['A'] }, context)).rejects.toMatchObject({ name: 'RetryLater', seconds: 30 });
  expect(source.digests.root('items').count).toBe(1);
});
