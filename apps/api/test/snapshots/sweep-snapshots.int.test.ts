import { Logger } from '@nestjs/common';
import { Lifecycle } from '../../src/platform/lifecycle/lifecycle';
import { SweepSnapshots } from '../../src/modules/sync/snapshots/sweep-snapshots';
import { openTestDatabase, type TestDatabase } from '../mappings/mapping-fixture';

let database: TestDatabase;
beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await openTestDatabase();
});
afterAll(() => database.drop());

const states = async () => {
  const { rows } = await database.pool.query<{ entity: string; status: string; tombstoned: number | null; hasKeys: boolean; keys: number }>(
    `select entity, status, tombstoned, has_keys as "hasKeys",
       (select count(*)::int from snapshot_keys as kept where kept.vendor_id = 'v' and kept.snapshot_id = snapshots.id) as keys
     from snapshots order by entity`,
  );
  return rows;
};

it('ends what is past its time, does deletes that a crash cut off, and then removes their keys', async () => {
  await database.pool.query(
    `with stored as (
       insert into warehouses (vendor_id, erp_warehouse_id, code, name, content_hash, last_synced_at, touched_at, updated_at, change_seq, key_hash, row_digest)
       select 'v', key, 'c', 'n', 'h', now(), now() - interval '1 hour', now(), 1, 0, 0 from unnest('{W1,W2,W3}'::text[]) as key),
     begun as (
       insert into snapshots (vendor_id, entity, status, started_at, expires_at, present, tombstoned)
       values ('v', 'items', 'open', now(), now() - interval '1 s', null, null),
         ('v', 'stock', 'open', now(), now() + interval '1 day', null, null),
         ('v', 'warehouses', 'committing', now(), now() - interval '1 s', 1, 4)
       returning id, entity),
     kept as (insert into snapshot_keys (vendor_id, snapshot_id, key_hashes, row_digests) select 'v', id, '{1}', '{1}' from begun)
     insert into snapshot_deletes (vendor_id, snapshot_id, page, keys)
     select 'v', id, page, keys from begun, (values (3, '{W1}'::text[]), (4, '{W2,W9}'::text[])) as left_over (page, keys) where entity = 'warehouses'`,
  );
  const ending = new Lifecycle();
  ending.beginShutdown();
  await new SweepSnapshots(database, ending).sweep();
  expect(await states()).toMatchObject([{ status: 'expired', keys: 1 }, { status: 'open' }, { status: 'committing', tombstoned: 4 }]);

  const sweep = new SweepSnapshots(database, new Lifecycle());
  await Promise.all([sweep.sweep(), sweep.sweep()]);
  await sweep.sweep();
  expect(await states()).toEqual([
    { entity: 'items', status: 'expired', tombstoned: null, hasKeys: false, keys: 0 },
    { entity: 'stock', status: 'open', tombstoned: null, hasKeys: true, keys: 1 },
    { entity: 'warehouses', status: 'committed', tombstoned: 6, hasKeys: false, keys: 0 },
  ]);
  const { rows } = await database.pool.query('select erp_warehouse_id as key from warehouses where deleted_at is null');
  expect(rows).toEqual([{ key: 'W3' }]);
});

it('holds up the other vendors for no one', async () => {
  for (const vendor of ['aa-broken', 'zz-fine'])
    await database.pool.query(
      `with stored as (
         insert into warehouses (vendor_id, erp_warehouse_id, code, name, content_hash, last_synced_at, touched_at, updated_at, change_seq, key_hash, row_digest)
         values ($1, 'W1', 'c', 'n', 'h', now(), now() - interval '1 hour', now(), 1, 0, 0)),
       begun as (
         insert into snapshots (vendor_id, entity, status, started_at, expires_at, present, tombstoned)
         values ($1, 'warehouses', 'committing', now(), now(), 0, 0) returning id)
       insert into snapshot_deletes (vendor_id, snapshot_id, page, keys) select $1, id, 0, '{W1}' from begun`,
      [vendor],
    );
  await database.pool.query(`alter table warehouses add constraint broken check (vendor_id <> 'aa-broken' or deleted_at is null)`);
  const sweep = new SweepSnapshots(database, new Lifecycle());
  await expect(sweep.sweep()).rejects.toThrow('1 failed: the others are done');
  await database.pool.query('alter table warehouses drop constraint broken');
  const left = () => database.pool.query(`select vendor_id as vendor from warehouses where vendor_id <> 'v' and deleted_at is null`);
  expect((await left()).rows).toEqual([{ vendor: 'aa-broken' }]);
  await sweep.sweep();
  expect((await left()).rows).toEqual([]);
});
