import { KEY_SEPARATOR, type Entity } from '@repo/contracts/primitives';
import { park, rowOf, write } from '../../../test/support/ingest-fixture';
import { useTestDatabase } from '../../../test/support/test-database';
import { digestNumbers } from '../ingest/digest-numbers';
import { computeRoot, readRoots } from '../ingest/digest-root';
import { checkRoot } from './check-root';

const test = useTestDatabase();
const STRANGE = ['__proto__', 'Käse-Größe 1', '牛乳', '🧀', 'a"b\\c{,}', "o'hara", '\\x41', 'A'];
const KEYS: Record<Entity, string[]> = {
  items: STRANGE,
  warehouses: ['W1', 'W2', 'W3', 'W4', 'W5'],
  stock: ['W1', 'W2'].flatMap((warehouse) => STRANGE.map((sku) => warehouse + KEY_SEPARATOR + sku)),
};

/** A vendor with rows of every entity, and a parked row beside a live one and beside none. */
async function vendorOf(vendorId: string): Promise<string> {
  for (const entity of ['items', 'warehouses', 'stock'] as const) {
    await write(
      test.pool,
      vendorId,
      entity,
      KEYS[entity].map((key) => rowOf(entity, key)),
    );
  }
  await park(test.pool, vendorId, 'items', [rowOf('items', 'A', 'h2')], 'h1');
  await park(test.pool, vendorId, 'items', [rowOf('items', 'parked 🧀', 'h2')], 'nothing');
  return vendorId;
}

const stored = async (table: string, vendorId: string): Promise<unknown[]> =>
  (await test.client.query(`select * from ${table} where vendor_id = $1 order by key_hash`, [vendorId])).rows;

it.each(['items', 'warehouses', 'stock'] as const)(
  'mends digests of %s that are not those of their key and hash, and nothing else',
  async (entity) => {
    const vendorId = await vendorOf(`mended-${entity}`);
    const before = {
      rows: await stored(entity, vendorId),
      parked: await stored('parked_rows', vendorId),
      roots: await readRoots(test.pool, vendorId),
    };
    expect(await checkRoot(test.pool, vendorId, entity, { hashing: true })).toEqual({
      root: before.roots[entity],
      wrong: undefined,
      mended: 0,
    });
    const { rowCount } = await test.client.query(
      `update ${entity} set row_digest = row_digest + 1 where vendor_id = $1 and mod(key_hash, 2) = 0`,
      [vendorId],
    );
    await test.client.query(`update ${entity} set key_hash = key_hash # 1 where vendor_id = $1 and mod(key_hash, 2) <> 0`, [vendorId]);
    // The sum of what is stored is another one; which of the two is right only the hashes can say.
    expect(rowCount).toBeGreaterThan(0);
    expect(await checkRoot(test.pool, vendorId, entity, { hashing: true })).toEqual({
      root: before.roots[entity],
      wrong: undefined,
      mended: KEYS[entity].length,
    });
    expect(await stored(entity, vendorId)).toEqual(before.rows);
    expect(await stored('parked_rows', vendorId)).toEqual(before.parked);
    expect(await readRoots(test.pool, vendorId)).toEqual(before.roots);
  },
);

it('mends parked rows, and a content hash that somebody wrote is a change of the row', async () => {
  const vendorId = await vendorOf('tampered');
  const { items: before } = await readRoots(test.pool, vendorId);
  await test.client.query('update parked_rows set row_digest = 1, key_hash = 1 where vendor_id = $1', [vendorId]);
  expect(await checkRoot(test.pool, vendorId, 'items', { hashing: true })).toEqual({ root: before, wrong: undefined, mended: 2 });
  await test.client.query(`update items set content_hash = 'written' where vendor_id = $1 and sku = '🧀'`, [vendorId]);
  // What is not looked for is not found: the sum of what is stored is what it was.
  expect(await checkRoot(test.pool, vendorId, 'items')).toEqual({ root: before, wrong: undefined, mended: 0 });
  const { root, wrong, mended } = await checkRoot(test.pool, vendorId, 'items', { hashing: true });
  expect({ wrong, mended }).toEqual({ wrong: before, mended: 1 });
  const change = digestNumbers('🧀', 'written').rowDigest - digestNumbers('🧀', 'h1').rowDigest;
  expect(BigInt.asUintN(64, BigInt(`0x${root.digest}`) - BigInt(`0x${before.digest}`))).toBe(BigInt.asUintN(64, change));
  expect((await readRoots(test.pool, vendorId)).items).toEqual(root);
  expect(await computeRoot(test.pool, vendorId, 'items')).toEqual(root);
});

it('leaves what is deleted, and what is another vendor’s', async () => {
  const vendorId = await vendorOf('left');
  await test.client.query(`update items set deleted_at = now() where vendor_id = $1 and sku = '牛乳'`, [vendorId]);
  await test.client.query(`update items set row_digest = 7 where sku = '牛乳' or vendor_id = 'mended-items'`);
  expect(await checkRoot(test.pool, vendorId, 'items', { hashing: true })).toMatchObject({ mended: 0 });
  const { rows } = await test.client.query('select count(*)::int as n from items where row_digest = 7');
  expect(rows[0].n).toBeGreaterThan(STRANGE.length);
});
