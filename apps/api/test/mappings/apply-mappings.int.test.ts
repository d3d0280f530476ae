import { Logger } from '@nestjs/common';
import { LocalEventBus } from '../../src/platform/events/local-events';
import { Lifecycle } from '../../src/platform/lifecycle/lifecycle';
import { ApplyMappings } from '../../src/modules/sync/mappings/apply-mappings';
import { eventually } from '../support/hub';
import { mapping, openTestDatabase, storeItems, versionOf, write, type TestDatabase } from './mapping-fixture';

interface ItemCounts {
  total: number;
  moved: number;
  touched: number;
}

describe('ApplyMappings', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await openTestDatabase();
  });
  afterAll(() => database.drop());

  const start = () => {
    const events = new LocalEventBus();
    const lifecycle = new Lifecycle();
    const apply = new ApplyMappings(database, events, lifecycle);
    apply.onModuleInit();
    return { apply, events, lifecycle };
  };
  const countItems = async (vendorId: string, where: string): Promise<ItemCounts> => {
    const { rows } = await database.pool.query<ItemCounts>(
      `select count(*)::int as total, (count(*) filter (where change_seq > 1))::int as moved,
         (count(*) filter (where touched_at = updated_at))::int as touched
       from items where vendor_id = $1 and ${where}`,
      [vendorId],
    );
    return rows[0] ?? { total: 0, moved: 0, touched: 0 };
  };

  it('brings a changed mapping to the stored rows of that code, and to no others', async () => {
    const { apply } = start();
    await storeItems(database.pool, 'one', 5_000);
    await storeItems(database.pool, 'neighbour', 10);
    await database.pool.query(`update items set erp_unit_code = 'KG' where vendor_id = 'one' and sku < 'S-001001'`);
    await database.pool.query(`update items set deleted_at = now() where vendor_id = 'one' and sku = 'S-005000'`);
    await write(database, 'one', [mapping('unit', 'BX', 'BOX')]);
    await apply.applyPending('one');
    expect(await countItems('one', `unit_code = 'BOX' and unit_label = 'Label BOX' and vat_code = 'FR-OLD'`)).toEqual({
      total: 4_000,
      moved: 4_000,
      touched: 0,
    });
    expect(await countItems('one', `unit_code = 'OLD'`)).toMatchObject({ total: 1_000, moved: 0 });
    expect(await countItems('neighbour', `unit_code = 'OLD'`)).toMatchObject({ total: 10, moved: 0 });
    expect(await versionOf(database, 'one')).toEqual({ version: '1', applied: '1' });
  });

  it('moves neither the row’s content nor the time the ERP last spoke of it', async () => {
    const { apply } = start();
    await storeItems(database.pool, 'kept', 1);
    const read = async () =>
      (
        await database.pool.query<{ kept: unknown; updated_at: Date }>(
          `select (content_hash, last_synced_at, touched_at, created_at, key_hash, row_digest, deleted_at)::text as kept, updated_at
           from items where vendor_id = 'kept'`,
        )
      ).rows[0];
    const before = await read();
    await write(database, 'kept', [mapping('vat', 'T1', 'FR-20', '20')]);
    await apply.applyPending('kept');
    const after = await read();
    expect(after?.kept).toEqual(before?.kept);
    expect(after?.updated_at.getTime()).toBeGreaterThan(before?.updated_at.getTime() ?? Infinity);
    expect(await countItems('kept', `vat_code = 'FR-20' and vat_rate = 20 and unit_code = 'OLD'`)).toMatchObject({ total: 1 });
  });

  it('fills in a family that was not mapped when the row came', async () => {
    const { apply } = start();
    await storeItems(database.pool, 'family', 3);
    await write(database, 'family', [mapping('family', 'F1', 'CREMERIE'), mapping('subfamily', 'F1', 'NOT-THIS')]);
    await apply.applyPending('family');
    expect(
      await countItems('family', `family_code = 'CREMERIE' and family_label = 'Label CREMERIE' and subfamily_code is null`),
    ).toMatchObject({
      total: 3,
    });
  });

  it('leaves rows as they are when their mapping is deactivated', async () => {
    const { apply } = start();
    await storeItems(database.pool, 'gone', 3);
    await write(database, 'gone', [{ ...mapping('unit', 'BX', 'BOX'), isActive: false }]);
    await apply.applyPending('gone');
    expect(await countItems('gone', `unit_code = 'OLD'`)).toMatchObject({ total: 3, moved: 0 });
    expect(await versionOf(database, 'gone')).toEqual({ version: '1', applied: '1' });
  });

  it('rewrites nothing that is right already', async () => {
    const { apply } = start();
    await storeItems(database.pool, 'right', 3);
    await write(database, 'right', [mapping('unit', 'BX', 'OLD')]);
    await apply.applyPending('right');
    expect(await countItems('right', `unit_code = 'OLD'`)).toMatchObject({ total: 3, moved: 0 });
  });

  it('starts by itself when a change is told of, and looks again for what comes while it is at it', async () => {
    const { events } = start();
    await storeItems(database.pool, 'told', 4_500);
    for (const meaning of ['A', 'B', 'C', 'D']) {
      await write(database, 'told', [mapping('unit', 'BX', meaning)]);
      events.emit('mappings-changed', { vendorId: 'told', codes: ['unit:BX'] });
    }
    await eventually(async () => {
      const standing = await versionOf(database, 'told');
      return standing?.applied === '4';
    });
    expect(await countItems('told', `unit_code = 'D'`)).toMatchObject({ total: 4_500 });
  });

  /** Holds the pages up at an item: `arrived` resolves once the page with it waits, with the process id of its connection. */
  async function holdUpAt(vendorId: string, sku: string): Promise<{ arrived: () => Promise<number>; release: () => Promise<void> }> {
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query('select from items where vendor_id = $1 and sku = $2 for update', [vendorId, sku]);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const waiting = 'select pid from pg_stat_activity where $1 = any(pg_blocking_pids(pid))';
    return {
      arrived: () => eventually(async () => (await database.pool.query<{ pid: number }>(waiting, [rows[0]?.pid])).rows[0]?.pid),
      async release() {
        await client.query('rollback');
        client.release();
      },
    };
  }

  it('goes on after a shutdown in the middle, without writing again what was done', async () => {
    const stopped = start();
    await storeItems(database.pool, 'stopped', 10_000);
    await write(database, 'stopped', [mapping('unit', 'BX', 'BOX')]);
    const held = await holdUpAt('stopped', 'S-005000');
    const applying = stopped.apply.applyPending('stopped');
    await held.arrived();
    stopped.lifecycle.beginShutdown();
    await held.release();
    await stopped.apply.onModuleDestroy();
    await applying;
    expect(await countItems('stopped', `unit_code = 'BOX' and sku <= 'S-006000'`)).toMatchObject({ total: 6_000 });
    expect(await countItems('stopped', `unit_code = 'OLD'`)).toMatchObject({ total: 4_000 });
    expect(await versionOf(database, 'stopped')).toEqual({ version: '1', applied: '0' });

    const { rows } = await database.pool.query<{ last: string }>(`select max(change_seq) as last from items where vendor_id = 'stopped'`);
    await start().apply.applyAllPending();
    expect(await countItems('stopped', `unit_code = 'BOX' and change_seq > ${rows[0]?.last ?? '0'}`)).toMatchObject({ total: 4_000 });
    expect(await versionOf(database, 'stopped')).toEqual({ version: '1', applied: '1' });
  });

  it('goes on after its connection was cut in the middle', async () => {
    const { apply } = start();
    await storeItems(database.pool, 'cut', 10_000);
    await write(database, 'cut', [mapping('unit', 'BX', 'BOX')]);
    const held = await holdUpAt('cut', 'S-005000');
    const applying = apply.applyPending('cut');
    const failed = expect(applying).rejects.toThrow();
    await database.pool.query('select pg_terminate_backend($1)', [await held.arrived()]);
    await failed;
    await held.release();
    expect(await countItems('cut', `unit_code = 'BOX'`)).toMatchObject({ total: 4_000 });
    expect(await versionOf(database, 'cut')).toEqual({ version: '1', applied: '0' });
    await apply.applyAllPending();
    expect(await countItems('cut', `unit_code = 'BOX'`)).toMatchObject({ total: 10_000 });
    expect(await versionOf(database, 'cut')).toEqual({ version: '1', applied: '1' });
  });

  it('holds up the other vendors for no one', async () => {
    const { apply } = start();
    await storeItems(database.pool, 'aa-broken', 1);
    await storeItems(database.pool, 'zz-fine', 1);
    await database.pool.query(`alter table items add constraint broken check (vendor_id <> 'aa-broken' or unit_code = 'OLD')`);
    await write(database, 'aa-broken', [mapping('unit', 'BX', 'BOX')]);
    await write(database, 'zz-fine', [mapping('unit', 'BX', 'BOX')]);
    await expect(apply.applyAllPending()).rejects.toThrow('1 failed: the others are done');
    expect(await versionOf(database, 'zz-fine')).toEqual({ version: '1', applied: '1' });
    await database.pool.query('alter table items drop constraint broken');
    await apply.applyAllPending();
    expect(await versionOf(database, 'aa-broken')).toEqual({ version: '1', applied: '1' });
  });

  it('never writes an older meaning over a newer one, however writers and two instances race', async () => {
    const instances = [start(), start()];
    await storeItems(database.pool, 'race', 6_000);
    for (let i = 1; i <= 10; i++) {
      await write(database, 'race', [mapping('unit', 'BX', `R${i}`)]);
      for (const { events } of instances) events.emit('mappings-changed', { vendorId: 'race', codes: ['unit:BX'] });
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    await eventually(async () => (await versionOf(database, 'race'))?.applied === '10');
    await Promise.all(instances.map(({ apply }) => apply.onModuleDestroy()));
    expect(await countItems('race', `unit_code = 'R10'`)).toMatchObject({ total: 6_000 });
  });
});
