import { setTimeout as sleep } from 'node:timers/promises';
import { KEY_SEPARATOR, type Entity } from '@repo/contracts/primitives';
import { now, park, rowOf, write } from '../../../test/support/ingest-fixture';
import { useTestDatabase } from '../../../test/support/test-database';
import { inIndexOrder } from '../catalogue/in-index-order';
import { beforeAllChanges, findSettledEnd, readChanges, type ChangePosition } from '../catalogue/read-changes';
import { computeRoot, readRoots } from './digest-root';
import { inEntityTransaction } from './entity-transaction';
import { tombstoneRows, type Tombstoned } from './tombstone-rows';

const test = useTestDatabase();

const tombstone = (vendorId: string, entity: Entity, keys: readonly string[], untouchedSince: Date) =>
  inEntityTransaction(test.pool, vendorId, entity, 'alone', (client) => tombstoneRows(client, vendorId, entity, keys, { untouchedSince }));

const written = (vendorId: string, entity: Entity, keys: readonly string[], hash?: string, time?: string) =>
  write(
    test.pool,
    vendorId,
    entity,
    keys.map((key) => rowOf(entity, key, hash, time)),
  );

/** The running root must be what the rows say, to the last bit. */
async function expectExactRoot(vendorId: string, entity: Entity, count: number): Promise<void> {
  const running = (await readRoots(test.pool, vendorId))[entity];
  expect(running).toEqual(await computeRoot(test.pool, vendorId, entity));
  expect(running.count).toBe(count);
}

const keyOf = (parts: readonly string[]) => parts.join(KEY_SEPARATOR);
const stockKeys = [keyOf(['W1', 'A']), keyOf(['W1', 'B']), keyOf(['W2', 'A'])];

it.each<[Entity, readonly string[]]>([
  ['items', ['A', 'B', 'C']],
  ['warehouses', ['W1', 'W2', 'W3']],
  ['stock', stockKeys],
])('deletes %s by key, and keeps the running root exact', async (entity, keys) => {
  const vendor = `plain-${entity}`;
  if (entity === 'stock') {
    await written(vendor, 'items', ['A', 'B']);
    await written(vendor, 'warehouses', ['W1', 'W2']);
  }
  await written(vendor, entity, keys);
  const done = await tombstone(vendor, entity, [...keys.slice(1), 'nobody'], await now(test.pool));
  expect(done).toEqual({ tombstoned: 2, unparked: 0 });
  await expectExactRoot(vendor, entity, 1);
  expect(await tombstone(vendor, entity, keys.slice(1), await now(test.pool))).toEqual({ tombstoned: 0, unparked: 0 });
  await expectExactRoot(vendor, entity, 1);
});

it('leaves out what was touched since, row by row', async () => {
  await written('touched', 'items', ['A', 'B']);
  const since = await now(test.pool);
  await written('touched', 'items', ['B'], 'h2');
  await written('touched', 'items', ['C']);
  expect(await tombstone('touched', 'items', ['A', 'B', 'C'], since)).toEqual({ tombstoned: 1, unparked: 0 });
  await expectExactRoot('touched', 'items', 2);
});

it('reaches nothing of another vendor or entity', async () => {
  for (const vendor of ['mine', 'theirs']) {
    await written(vendor, 'items', ['X']);
    await written(vendor, 'warehouses', ['X']);
    await park(test.pool, vendor, 'items', [rowOf('items', 'X', 'h9')], 'h1');
  }
  const since = await now(test.pool);
  for (const vendor of ['mine', 'theirs']) await park(test.pool, vendor, 'warehouses', [rowOf('warehouses', 'X', 'h9')], 'h1');
  expect(await tombstone('mine', 'items', ['X'], since)).toEqual({ tombstoned: 1, unparked: 1 });
  await expectExactRoot('mine', 'items', 0);
  for (const [vendor, entity] of [
    ['mine', 'warehouses'],
    ['theirs', 'items'],
    ['theirs', 'warehouses'],
  ] as const)
    await expectExactRoot(vendor, entity, 1);
});

it.each<[name: string, live: 'before' | 'since' | 'gone' | 'none', parked: 'before' | 'since', done: Tombstoned]>([
  ['a row and its parked one', 'before', 'before', { tombstoned: 1, unparked: 1 }],
  ['nothing of a key whose parked row was seen since', 'before', 'since', { tombstoned: 0, unparked: 0 }],
  ['nothing of a key whose row was touched since', 'since', 'before', { tombstoned: 0, unparked: 0 }],
  ['nothing of a key that was heard of twice', 'since', 'since', { tombstoned: 0, unparked: 0 }],
  ['a parked row without another', 'none', 'before', { tombstoned: 0, unparked: 1 }],
  ['no parked row that was seen since', 'none', 'since', { tombstoned: 0, unparked: 0 }],
  ['the parked row of a key that is deleted already', 'gone', 'before', { tombstoned: 0, unparked: 1 }],
])('deletes %s, and keeps the root exact', async (name, live, parked, done) => {
  const vendor = name.replaceAll(/[^a-z]/g, '-').slice(0, 60);
  if (live !== 'none') await written(vendor, 'items', ['A']);
  if (live === 'gone') await tombstone(vendor, 'items', ['A'], await now(test.pool));
  const counted = live === 'before' || live === 'since' ? 'h1' : 'nothing';
  if (parked === 'before') await park(test.pool, vendor, 'items', [rowOf('items', 'A', 'h9')], counted);
  const since = await now(test.pool);
  if (live === 'since') {
    // By hand: an ordinary push would take an older parked row away.
    await test.pool.query('update items set touched_at = clock_timestamp() where vendor_id = $1', [vendor]);
  }
  if (parked === 'since') await park(test.pool, vendor, 'items', [rowOf('items', 'A', 'h9')], counted);
  await expectExactRoot(vendor, 'items', 1);
  expect(await tombstone(vendor, 'items', ['A', 'A'], since)).toEqual(done);
  await expectExactRoot(vendor, 'items', done.tombstoned + done.unparked > 0 ? 0 : 1);
});

it('shows deleted rows as such to whoever reads by change', async () => {
  await written('reader', 'items', ['A', 'B']);
  const first = await changesBehind('reader', beforeAllChanges('items'));
  expect(first.map(({ row }) => [row.sku, row.deletedAt])).toEqual([
    ['A', null],
    ['B', null],
  ]);
  await tombstone('reader', 'items', ['B'], await now(test.pool));
  const later = await changesBehind('reader', first.at(-1)?.position ?? beforeAllChanges('items'));
  expect(later.map(({ row }) => [row.sku, row.deletedAt])).toEqual([['B', expect.any(String) as string]]);
  expect(later[0]?.row.updatedAt).toBe(later[0]?.row.deletedAt);
});

it('lets a row come back with the time it had, and not with an older one', async () => {
  await written('back', 'items', ['A', 'B']);
  await tombstone('back', 'items', ['A', 'B'], await now(test.pool));
  expect(await written('back', 'items', ['A'])).toEqual(new Map([['A', 'restored']]));
  expect(await written('back', 'items', ['B'], 'h1', '2026-01-30T08:30:00Z')).toEqual(new Map());
  await expectExactRoot('back', 'items', 1);
});

it('keeps the stock of an item that is deleted, which is the truth of another set', async () => {
  await written('stocked', 'items', ['A']);
  await written('stocked', 'warehouses', ['W1']);
  await written('stocked', 'stock', [keyOf(['W1', 'A'])]);
  await tombstone('stocked', 'items', ['A'], await now(test.pool));
  await expectExactRoot('stocked', 'stock', 1);
});

it('deletes more rows than one statement takes', async () => {
  const keys = Array.from({ length: 6_001 }, (_, i) => `K${i}`);
  await written('many', 'warehouses', keys);
  const { tombstoned } = await tombstone('many', 'warehouses', keys, await now(test.pool));
  expect(tombstoned).toBe(6_001);
  await expectExactRoot('many', 'warehouses', 0);
});

/** What comes behind a position, once there is something: a transaction of whoever else uses the cluster holds readers up. */
async function changesBehind(vendorId: string, after: ChangePosition) {
  const end = Date.now() + 30_000;
  for (;;) {
    const changes = await inIndexOrder(test.pool, async (client) => {
      const upTo = await findSettledEnd(client, 'items', vendorId, after);
      if (upTo === null) return [];
      return readChanges(client, 'items', { vendorId, after, upTo, updatedSince: null, deleted: true, limit: 10 });
    });
    if (changes.length > 0 || Date.now() > end) return changes;
    await sleep(25);
  }
}
