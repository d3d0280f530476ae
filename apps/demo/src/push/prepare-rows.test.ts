import { gunzipSync } from 'node:zlib';
import { prepareRows, type PreparedBatch } from './prepare-rows';

const rowsOf = (batch: PreparedBatch | undefined): unknown => JSON.parse(gunzipSync(batch?.body ?? new Uint8Array()).toString('utf8'));

function* items(count: number, name = 'Crème') {
  for (let index = 0; index < count; index += 1) yield { sku: `A-${index}`, name, contentHash: `h${index}` };
}

it('cuts rows into requests of 5,000 that hold them in their order', async () => {
  const prepared = await prepareRows('items', items(10_001), () => {});
  expect(prepared.rows).toBe(10_001);
  expect(prepared.batches.map(({ keys }) => keys.length)).toEqual([5_000, 5_000, 1]);
  expect(rowsOf(prepared.batches[2])).toEqual({ items: [{ sku: 'A-10000', name: 'Crème', contentHash: 'h10000' }] });
  expect(prepared.batches[1]?.keys[0]).toBe('A-5000');
  expect(prepared.batches[1]?.hashes[0]).toBe('h5000');
});

it('cuts long rows earlier, so that no request is over the limit', async () => {
  const prepared = await prepareRows('items', items(30, 'x'.repeat(1_000_000)), () => {});
  expect(prepared.batches.length).toBeGreaterThanOrEqual(4);
  for (const { body } of prepared.batches) expect(gunzipSync(body).length).toBeLessThan(10 * 1024 * 1024);
});

it('knows which keys come more than once, and rows without a key', async () => {
  const rows = [
    { sku: 'A', contentHash: '1' },
    { sku: '', contentHash: '2' },
    { sku: 'A', contentHash: '3' },
    { sku: 'a', contentHash: '4' },
  ];
  const prepared = await prepareRows('items', rows, () => {});
  expect([...prepared.repeated]).toEqual(['A']);
  expect(prepared.batches[0]?.keys).toEqual(['A', null, 'A', 'a']);
});

it('makes no request of no rows', async () => {
  expect((await prepareRows('stock', [], () => {})).batches).toEqual([]);
});
