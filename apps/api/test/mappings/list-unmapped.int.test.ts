import { Client } from 'pg';
import { ListUnmapped } from '../../src/modules/sync/mappings/unmapped/list-unmapped';
import { mapping, openTestDatabase, parkItem, storeItems, write, type TestDatabase } from './mapping-fixture';

describe('ListUnmapped', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.drop());

  it('takes the same few statements for a page of one code and of a hundred codes of many vendors', async () => {
    await storeItems(database.pool, 'v0', 50, '3017620422003');
    for (let i = 0; i < 100; i++) {
      const vendorId = `v${i % 10}`;
      await write(database, vendorId, [mapping('unit', `K${i}`, `R${i}`)]);
      await parkItem(database.pool, vendorId, `S${i}`, [`unit:M${i}`], { barcode: '3017620422003' });
    }
    const list = new ListUnmapped(database);
    const statements = jest.spyOn(Client.prototype, 'query');
    const counts: number[] = [];
    for (const limit of [1, 100]) {
      statements.mockClear();
      const { data } = await list.list(undefined, { page: 1, limit });
      expect(data).toHaveLength(limit);
      counts.push(statements.mock.calls.length);
    }
    // One lists, one reads mappings, and four are the search by barcode: a transaction that tells the planner how to read.
    expect(counts).toEqual([6, 6]);
    statements.mockRestore();
  });

  it('looks at a bounded number of barcodes, however many rows wait for a code', async () => {
    await storeItems(database.pool, 'big', 300);
    await database.pool.query(`update items set barcode = 'b' || ltrim(sku, 'S-0') where vendor_id = 'big'`);
    for (let i = 1; i <= 300; i++) await parkItem(database.pool, 'big', `P${i}`, ['unit:NEW'], { barcode: `b${i}` });
    const { data } = await new ListUnmapped(database).list('big', { page: 1, limit: 10 });
    expect(data).toMatchObject([
      { erpCode: 'NEW', parkedRows: 300, suggestions: [{ restoCode: 'OLD', restoLabel: 'Label OLD', because: 'same_barcode' }] },
    ]);
  });
});
