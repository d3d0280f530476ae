import { formatDigest } from '@repo/contracts/digest';
import type { Entity } from '@repo/contracts/primitives';
import { now, park, rowOf, write } from '../../../test/support/ingest-fixture';
import { useTestDatabase } from '../../../test/support/test-database';
import { rowDigestNumber } from '../ingest/digest-numbers';
import { computeRoot, readRoots } from '../ingest/digest-root';
import { readBatchState } from '../ingest/read-batch-state';
import { advanceRows } from '../ingest/write-batch';
import { beginSnapshot } from './begin-snapshot';
import { cleanSnapshotKeys, expireSnapshots, listCommitting } from './clean-snapshots';
import { markAbandoned, markCommitting, markHeld } from './close-snapshot';
import { deletePage } from './delete-page';
import { listSnapshots } from './list-snapshots';
import { planDeletes } from './plan-deletes';
import { rememberKeys } from './remember-keys';
import { findSnapshot, lockSnapshot, type SnapshotState } from './snapshot-state';
import { sumKeys } from './sum-keys';

const test = useTestDatabase();
const ENTITY: Entity = 'warehouses';

const written = (vendorId: string, keys: readonly string[], hash?: string, time?: string) =>
  write(
    test.pool,
    vendorId,
    ENTITY,
    keys.map((key) => rowOf(ENTITY, key, hash, time)),
  );
const begin = (vendorId: string) => test.database.db.transaction((tx) => beginSnapshot(tx, vendorId, ENTITY));
const remember = (vendorId: string, id: string, keys: readonly string[], hash = 'h1') =>
  rememberKeys(test.pool, { vendorId, id, entity: ENTITY }, new Map(keys.map((key) => [key, hash])));
const sum = (vendorId: string, id: string) => test.database.db.transaction((tx) => sumKeys(tx, { vendorId, id }));

/** Decides as the hub does, and leaves the deleting to be done. */
const decide = (id: string, mostPercent: number | null = 20) =>
  test.database.db.transaction(async (tx) => {
    const snapshot = (await lockSnapshot(tx, id)) as SnapshotState;
    const planned = await planDeletes(tx, snapshot, mostPercent);
    if (planned.allowed) await markCommitting(tx, snapshot, { present: 0, pages: planned.pages });
    else await markHeld(tx, snapshot, { present: 0, ...planned });
    return planned;
  });
async function deleteAll(id: string): Promise<SnapshotState> {
  const snapshot = (await findSnapshot(test.database.db, id)) as SnapshotState;
  while (await deletePage(test.pool, snapshot));
  return (await findSnapshot(test.database.db, id)) as SnapshotState;
}
async function live(vendorId: string): Promise<string[]> {
  const { rows } = await test.pool.query<{ key: string }>(
    `select erp_warehouse_id as key from warehouses where vendor_id = $1 and deleted_at is null order by 1`,
    [vendorId],
  );
  expect((await readRoots(test.pool, vendorId))[ENTITY]).toEqual(await computeRoot(test.pool, vendorId, ENTITY));
  return rows.map(({ key }) => key);
}
const ten = Array.from({ length: 10 }, (_, i) => `W${i}`);

describe('what was sent', () => {
  it('is counted by distinct keys, and summed up by the last hash of each in the order of arrival', async () => {
    const { id } = await begin('sums');
    expect(await sum('sums', id)).toEqual({ count: 0, digest: formatDigest(0n) });
    await remember('sums', id, ['A', 'B'], 'old');
    await remember('sums', id, ['B', 'C'], 'new');
    await remember('sums', id, ['A'], 'newest');
    await remember('sums', (await begin('others')).id, ['Z']);
    const digest = rowDigestNumber('A', 'newest') + rowDigestNumber('B', 'new') + rowDigestNumber('C', 'new');
    expect(await sum('sums', id)).toEqual({ count: 3, digest: formatDigest(digest) });
  });

  it('is told apart also where a key holds half of a surrogate pair', async () => {
    const { id } = await begin('halves');
    await remember('halves', id, ['\uD800', '\uDC00', '\uD83E\uDDC0', '\uFFFD', '"\\ud800"', '__proto__', 'NUL\0']);
    expect(await sum('halves', id)).toMatchObject({ count: 7 });
  });

  it('is taken by an open one of that entity only', async () => {
    const { id } = await begin('refusing');
    expect(await remember('nobody', id, ['A'])).toBeUndefined();
    const other = await rememberKeys(test.pool, { vendorId: 'refusing', id, entity: 'items' }, new Map([['A', 'h']]));
    expect(other).toMatchObject({ entity: ENTITY });
    await test.pool.query(`update snapshots set expires_at = now() - interval '1 s' where id = $1`, [id]);
    expect(await remember('refusing', id, ['A'])).toEqual({ entity: ENTITY, status: 'open', expired: true });
    const next = await begin('refusing');
    expect(await remember('refusing', id, ['A'])).toEqual({ entity: ENTITY, status: 'superseded', expired: false });
    expect(await sum('refusing', id)).toMatchObject({ count: 0 });
    expect(await remember('refusing', next.id, ['A'])).toEqual({ entity: ENTITY, status: 'open', expired: false });
  });

  it('waits while a commit decides, and is refused after it', async () => {
    const { id } = await begin('deciding');
    let late: Promise<unknown> = Promise.resolve();
    await test.database.db.transaction(async (tx) => {
      const snapshot = (await lockSnapshot(tx, id)) as SnapshotState;
      late = remember('deciding', id, ['A']);
      await waitsForLock('remember-keys', 'with found as');
      await markCommitting(tx, snapshot, { present: 0, pages: 0 });
    });
    expect(await late).toEqual({ entity: ENTITY, status: 'committed', expired: false });
    expect(await sum('deciding', id)).toMatchObject({ count: 0 });
  });
});

it('keeps a row that was sent and whose place somebody wrote by hand, and one that was not sent for lack of knowing', async () => {
  await written('placed', ten);
  const { id } = await begin('placed');
  await remember('placed', id, ten.slice(2));
  await test.pool.query(`update warehouses set key_hash = key_hash # 255 where vendor_id = 'placed' and erp_warehouse_id in ('W1', 'W5')`);
  expect(await decide(id)).toMatchObject({ wouldDelete: 1, allowed: true });
  await deleteAll(id);
  expect(await live('placed')).toEqual(ten.slice(1));
});

/** Until a statement that begins like this waits for somebody's lock. */
async function waitsForLock(name: string, text: string): Promise<void> {
  for (let look = 0; look < 500; look++) {
    const { rowCount } = await test.client.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
      [`%${text}%`],
    );
    if ((rowCount ?? 0) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${name} does not wait`);
}

it('keeps one open snapshot a vendor and entity, however many begin at once', async () => {
  await Promise.all(Array.from({ length: 6 }, () => begin('crowd')));
  const { data } = await listSnapshots(test.database.db, { vendorId: 'crowd' }, { page: 1, limit: 50 });
  expect(data.map(({ status }) => status).sort()).toEqual(['open', ...Array.from({ length: 5 }, () => 'superseded')]);
  expect((await listSnapshots(test.database.db, { vendorId: 'crowd', status: 'open' }, { page: 1, limit: 50 })).meta.total).toBe(1);
});

describe('a commit', () => {
  it('deletes what was not sent and not touched, with its parked row, and what is only parked', async () => {
    await written('plain', ten);
    await park(test.pool, 'plain', ENTITY, [rowOf(ENTITY, 'W9', 'h9')], 'h1');
    await park(test.pool, 'plain', ENTITY, [rowOf(ENTITY, 'P1', 'h9'), rowOf(ENTITY, 'P2', 'h9')], 'nothing');
    const { id } = await begin('plain');
    await written('plain', ['W8'], 'h2');
    await written('plain', ['W10']);
    await park(test.pool, 'plain', ENTITY, [rowOf(ENTITY, 'P3', 'h9')], 'nothing');
    await park(test.pool, 'plain', ENTITY, [rowOf(ENTITY, 'W7', 'h9')], 'h1');
    await remember('plain', id, [...ten.slice(0, 7), 'P1']);
    expect(await decide(id)).toEqual({ wouldDelete: 1, liveRows: 11, allowed: true, pages: 1 });
    expect(await deleteAll(id)).toMatchObject({ status: 'committed', tombstoned: 1 });
    expect(await live('plain')).toEqual([...ten.slice(0, 9), 'W10'].sort());
    const { rows } = await test.pool.query(`select key from parked_rows where vendor_id = 'plain' order by key`);
    expect(rows).toEqual([{ key: 'P1' }, { key: 'P3' }, { key: 'W7' }]);
  });

  it.each([
    [20, 2, true],
    [20, 3, false],
    [29, 3, false],
    [30, 3, true],
    [99, 10, false],
    [null, 10, true],
  ])('may delete at most %s %% of the live rows: of ten, %i is %s', async (most, gone, allowed) => {
    const vendor = `cap-${most}-${gone}`;
    await written(vendor, ten);
    const { id } = await begin(vendor);
    await remember(vendor, id, ten.slice(gone));
    expect(await decide(id, most)).toEqual({ wouldDelete: gone, liveRows: 10, allowed, pages: allowed ? 1 : 0 });
    const after = await deleteAll(id);
    expect(after).toMatchObject(allowed ? { status: 'committed', tombstoned: gone } : { status: 'held', wouldDelete: gone, liveRows: 10 });
    expect(await live(vendor)).toHaveLength(allowed ? 10 - gone : 10);
  });

  it('with nothing to delete is done at once, also where nothing is stored', async () => {
    const { id } = await begin('empty');
    expect(await decide(id)).toEqual({ wouldDelete: 0, liveRows: 0, allowed: true, pages: 0 });
    expect(await findSnapshot(test.database.db, id)).toMatchObject({ status: 'committed', tombstoned: 0 });
  });

  it('leaves alone what was touched between the decision and its page', async () => {
    await written('between', ten);
    const { id } = await begin('between');
    await remember('between', id, ten.slice(3));
    await decide(id, 50);
    await written('between', ['W0'], 'h2');
    const state = await readBatchState(test.pool, 'between', ENTITY, ['W1']);
    expect(state.stored.get('W1')).toMatchObject({ touch: true });
    await advanceRows(test.pool, 'between', ENTITY, [rowOf(ENTITY, 'W1')]);
    expect(await deleteAll(id)).toMatchObject({ status: 'committed', tombstoned: 1 });
    expect(await live('between')).toEqual(ten.filter((key) => key !== 'W2'));
  });

  it('leaves alone a row that was heard of since, also when an earlier push of it comes through only after that', async () => {
    const vendor = 'overtaken';
    await written(vendor, ['A']);
    const client = await test.pool.connect();
    await client.query('begin');
    await client.query(`select from warehouses where vendor_id = $1 for update`, [vendor]);
    const early = written(vendor, ['A'], 'h2');
    await waitsForLock('the early push', 'insert into warehouses');
    const { id } = await begin(vendor);
    // A later push of the row as it was.
    await client.query('update warehouses set touched_at = clock_timestamp() where vendor_id = $1', [vendor]);
    await client.query('commit');
    client.release();
    expect(await early).toEqual(new Map([['A', 'updated']]));
    expect(await decide(id, null)).toMatchObject({ wouldDelete: 0 });
  });

  it('that was cut off between two pages is finished by anyone, by several at once, and counts each row once', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => `M${i}`);
    await written('pages', many);
    const { id } = await begin('pages');
    await remember('pages', id, ['M0']);
    expect(await decide(id, null)).toMatchObject({ wouldDelete: 4_999, pages: 3 });
    const cut = (await listCommitting(test.pool)).find((one) => one.id === id);
    expect(await deletePage(test.pool, cut as SnapshotState)).toBe(true);
    expect(await findSnapshot(test.database.db, id)).toMatchObject({ status: 'committing', tombstoned: 2_000 });
    await Promise.all([deleteAll(id), deleteAll(id), deleteAll(id)]);
    expect(await findSnapshot(test.database.db, id)).toMatchObject({ status: 'committed', tombstoned: 4_999 });
    expect(await live('pages')).toEqual(['M0']);
    expect((await listCommitting(test.pool)).filter((one) => one.id === id)).toEqual([]);
  });

  it('keeps both rows of one key hash when either was sent or touched', async () => {
    await written('collide', ten);
    await test.pool.query(`update warehouses set key_hash = 7 where vendor_id = 'collide' and erp_warehouse_id in ('W0', 'W1')`);
    await test.pool.query(
      `update warehouses set key_hash = (select key_hash from warehouses where vendor_id = 'collide' and erp_warehouse_id = 'W9')
       where vendor_id = 'collide' and erp_warehouse_id = 'W2'`,
    );
    const { id } = await begin('collide');
    await written('collide', ['W1'], 'h2');
    await test.pool.query(`update warehouses set key_hash = 7 where vendor_id = 'collide' and erp_warehouse_id = 'W1'`);
    await remember('collide', id, ten.slice(3));
    expect(await decide(id, null)).toMatchObject({ wouldDelete: 0 });
  });

  it('gives up the held one before it, which nobody has to decide about any more', async () => {
    const done = await begin('newer');
    await decide(done.id);
    await written('newer', ten);
    const held = await begin('newer');
    await decide(held.id);
    const next = await begin('newer');
    expect(await findSnapshot(test.database.db, held.id)).toMatchObject({ status: 'held' });
    await remember('newer', next.id, ten);
    await decide(next.id);
    expect(await findSnapshot(test.database.db, held.id)).toMatchObject({ status: 'superseded' });
    expect(await findSnapshot(test.database.db, done.id)).toMatchObject({ status: 'committed' });
  });
});

describe('an unchanged row', () => {
  const touchOf = async (vendorId: string, key: string, snapshotId: string | null = null) =>
    (await readBatchState(test.pool, vendorId, ENTITY, [key], snapshotId)).stored.get(key)?.touch;

  it('has to count as touched while a snapshot is open, once, and not when it is sent for that snapshot', async () => {
    await written('unchanged', ['A']);
    expect(await touchOf('unchanged', 'A')).toBe(false);
    const { id } = await begin('unchanged');
    expect(await touchOf('unchanged', 'A')).toBe(true);
    expect(await touchOf('unchanged', 'A', id)).toBe(false);
    expect(await touchOf('unchanged', 'A', (await begin('elsewhere')).id)).toBe(true);
    const before = await now(test.pool);
    await advanceRows(test.pool, 'unchanged', ENTITY, [rowOf(ENTITY, 'A', 'h1', '2026-01-30T08:30:00Z')]);
    expect(await touchOf('unchanged', 'A')).toBe(false);
    const { rows } = await test.pool.query<{ last: Date; touched: Date }>(
      `select last_synced_at as last, touched_at as touched from warehouses where vendor_id = 'unchanged'`,
    );
    expect(rows[0]?.last).toEqual(new Date('2026-01-31T08:30:00Z'));
    expect(rows[0]?.touched.getTime()).toBeGreaterThan(before.getTime());
  });

  it('also while one is held, for which rows sent for a newer one are not remembered', async () => {
    await written('while-held', ten);
    const held = await begin('while-held');
    await decide(held.id);
    expect(await touchOf('while-held', 'W0')).toBe(true);
    const next = await begin('while-held');
    expect(await touchOf('while-held', 'W0', next.id)).toBe(true);
    await test.database.db.transaction(async (tx) => {
      for (const { id } of [held, next]) await markAbandoned(tx, { vendorId: 'while-held', id, entity: ENTITY });
    });
    expect(await touchOf('while-held', 'W0')).toBe(false);
  });
});

describe('the sweep', () => {
  it('ends what is past its time, and removes the keys of what is closed and of nothing else', async () => {
    const [past, open] = [await begin('past'), await begin('still-open')];
    for (const [vendor, { id }] of [
      ['past', past],
      ['still-open', open],
    ] as const)
      for (let batch = 0; batch < 3; batch++) await remember(vendor, id, [`A${batch}`]);
    await test.pool.query(`update snapshots set expires_at = now() - interval '1 s' where id = $1`, [past.id]);
    expect(await findSnapshot(test.database.db, past.id)).toMatchObject({ status: 'open', expired: true });
    expect((await listSnapshots(test.database.db, { vendorId: 'past', status: 'expired' }, { page: 1, limit: 5 })).data).toHaveLength(1);
    expect(await expireSnapshots(test.pool)).toBe(1);
    expect(await expireSnapshots(test.pool)).toBe(0);
    expect(await findSnapshot(test.database.db, past.id)).toMatchObject({ status: 'expired', expired: true });
    while (await cleanSnapshotKeys(test.pool));
    expect(await sum('past', past.id)).toMatchObject({ count: 0 });
    expect(await sum('still-open', open.id)).toMatchObject({ count: 3 });
    const { rows } = await test.pool.query(`select vendor_id from snapshots where has_keys and closed_at is not null`);
    expect(rows).toEqual([]);
  });
});
