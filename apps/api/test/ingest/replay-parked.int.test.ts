import { Logger } from '@nestjs/common';
import { mapping, openTestDatabase, write, type TestDatabase } from '../mappings/mapping-fixture';
import { ingestParts } from '../support/ingest-parts';
import { item } from '../support/rows';

let database: TestDatabase;
beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await openTestDatabase();
});
afterAll(() => database.drop());

it('holds up the other vendors for no one', async () => {
  const { ingest, parked } = ingestParts(database);
  for (const vendorId of ['aa-broken', 'zz-fine']) {
    await ingest.push(vendorId, 'items', [item('A')], { needsLook: false, show: 'all' });
    await write(database, vendorId, [mapping('unit', 'PCE', 'PCE'), mapping('vat', 'T1', 'FR')]);
  }
  await database.pool.query(`alter table items add constraint broken check (vendor_id <> 'aa-broken')`);
  await expect(parked.replayAll()).rejects.toThrow('1 failed: the others are done');
  await database.pool.query('alter table items drop constraint broken');
  const stored = async () => (await database.pool.query(`select vendor_id as vendor from items order by 1`)).rows;
  expect(await stored()).toEqual([{ vendor: 'zz-fine' }]);
  await parked.replayAll();
  expect(await stored()).toEqual([{ vendor: 'aa-broken' }, { vendor: 'zz-fine' }]);
});
