import { ENTITY_LIST } from '@repo/contracts/primitives';
import { inIndexOrder } from '@repo/shared/database/catalogue/in-index-order';
import { beforeAllChanges, changesStatement, settledEndStatement } from '@repo/shared/database/catalogue/read-changes';
import { openCatalogue, type CatalogueDatabase } from '../../../test/catalogue/seed-catalogue';

const ROWS = 20_000;

let catalogue: CatalogueDatabase;
beforeAll(async () => {
  catalogue = await openCatalogue();
  const { pool } = catalogue;
  const synced = 'vendor_id, content_hash, last_synced_at, updated_at, touched_at, change_seq, key_hash, row_digest';
  const values = `'large', 'h', now(), now(), now(), n / 500, 0, 0`;
  const series = `generate_series(1, ${ROWS}) as n`;
  await pool.query(`insert into items (${synced}, sku, name, erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate)
    select ${values}, 'SKU-' || n, repeat('Name ', 10), 'BX', 'T1', 'box', 'Box', 'std', 20 from ${series}`);
  await pool.query(`insert into warehouses (${synced}, erp_warehouse_id, code, name) select ${values}, 'W' || n, 'C', 'N' from ${series}`);
  await pool.query(`insert into stock (${synced}, erp_warehouse_id, sku, real_stock, virtual_stock, reserved_quantity)
    select ${values}, 'W1', 'SKU-' || n, 1, 1, 0 from ${series}`);
});
afterAll(() => catalogue.drop());

/** How PostgreSQL means to run a statement that is prepared as the hub prepares it. */
function planOf(statement: string, values: readonly (string | number | boolean)[], mode: string): Promise<string> {
  return inIndexOrder(catalogue.pool, async (client) => {
    await client.query(`set local plan_cache_mode = ${mode}`);
    await client.query(`prepare probe as ${statement}`);
    const literals = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (costs off) execute probe(${literals.join(', ')})`);
    await client.query('deallocate probe');
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
}

// The statistics do not know a vendor that has just come, however large it is: the planner takes it for small.
describe.each([
  ['have never been gathered', 'large'],
  ['know the vendor', 'large'],
  ['do not know the vendor yet', 'new'],
])('while the statistics %s', (state, vendorId) => {
  beforeAll(async () => {
    if (state !== 'have never been gathered') await catalogue.pool.query('analyze items, stock, warehouses');
  });

  describe.each(['force_custom_plan', 'force_generic_plan'])('with %s', (mode) => {
    it.each([...ENTITY_LIST])('a page of %s is a walk along the index of changes', async (entity) => {
      const { changeSeq, key } = beforeAllChanges(entity);
      const range = [changeSeq, ...key, '9223372036854775807', ...key];
      const plan = await planOf(changesStatement(entity), [vendorId, ...range, '-infinity', false, 1_001], mode);
      expect(plan).toContain(`Index Scan using ${entity}_changes`);
      expect(plan).toMatch(/Index Cond: .*ROW\(change_seq, .*\) > ROW.*ROW\(change_seq, .*\) <= ROW/);
      expect(plan).not.toMatch(/Sort|Seq Scan|Bitmap/);
    });

    it.each([...ENTITY_LIST])('the settled end of %s is one step from the end of the index', async (entity) => {
      const { changeSeq, key } = beforeAllChanges(entity);
      const plan = await planOf(settledEndStatement(entity), [vendorId, changeSeq, ...key], mode);
      expect(plan).toContain(`Backward using ${entity}_changes`);
      expect(plan).not.toMatch(/Sort|Seq Scan on (?!hub_state)|Bitmap/);
    });
  });
});
