import type { Entity } from '@repo/contracts/primitives';
import type { Pool } from 'pg';
import { ChangeReader } from '../../../test/catalogue/change-reader';
import {
  openCatalogue,
  settle,
  writeItems,
  writeStock,
  writeWarehouses,
  type CatalogueDatabase,
} from '../../../test/catalogue/seed-catalogue';
import { ApiError } from '../../platform/errors/api-error';
import { decodeCursor } from './change-cursor';
import { listChanges, type ChangesQuery, type Keeping } from './list-changes';

const DAY = 86_400_000;

let catalogue: CatalogueDatabase;
let pool: Pool;
beforeAll(async () => {
  catalogue = await openCatalogue();
  pool = catalogue.pool;
});
beforeEach(() => catalogue.empty());
afterAll(() => catalogue.drop());

const list = <E extends Entity>(entity: E, query: Partial<ChangesQuery> = {}, keeping: Partial<Keeping> = {}) =>
  listChanges(
    pool,
    entity,
    { vendorId: 'v1', limit: 100, cursor: undefined, deleted: undefined, updatedSince: undefined, ...query },
    { now: Date.now(), retentionDays: 90, ...keeping },
  );

async function refusal(reply: Promise<unknown>): Promise<unknown> {
  const error = await reply.then(
    () => 'no refusal',
    (error: unknown) => error,
  );
  return error instanceof ApiError ? { code: error.code, ...(error.errors === undefined ? {} : { path: error.errors[0]?.path }) } : error;
}

it('pages every entity in the order of change and key, each row once', async () => {
  await writeItems(pool, ['b', 'a', 'é', 'B']);
  await writeWarehouses(pool, ['W2', 'W1']);
  await writeStock(pool, 'W2', ['b', 'a']);
  await writeStock(pool, 'W1', ['a', 'b']);
  await writeItems(pool, ['other'], { vendorId: 'v2' });
  await settle(pool);
  const pagesOf = async <E extends Entity>(entity: E, limit: number) => {
    const pages = [];
    for (let cursor: string | undefined; ;) {
      const { data, meta } = await list(entity, { limit, cursor });
      pages.push(data);
      cursor = meta.nextCursor;
      if (!meta.hasMore) return pages;
    }
  };
  expect((await pagesOf('items', 3)).map((page) => page.map(({ sku }) => sku))).toEqual([['B', 'a', 'b'], ['é']]);
  expect((await pagesOf('items', 2)).map((page) => page.length)).toEqual([2, 2]);
  expect((await pagesOf('warehouses', 1)).flat().map(({ erpWarehouseId }) => erpWarehouseId)).toEqual(['W1', 'W2']);
  const stock = (await pagesOf('stock', 1)).flat().map(({ erpWarehouseId, sku }) => `${erpWarehouseId} ${sku}`);
  expect(stock).toEqual(['W2 a', 'W2 b', 'W1 a', 'W1 b']);
});

it('gives a cursor also for nothing, with which the client sees what comes', async () => {
  const { data, meta } = await list('items');
  expect({ data, hasMore: meta.hasMore }).toEqual({ data: [], hasMore: false });
  await writeItems(pool, ['A']);
  await settle(pool);
  expect((await list('items', { cursor: meta.nextCursor })).data).toHaveLength(1);
});

it('leaves deleted rows out unless they are asked for', async () => {
  await writeItems(pool, ['A', 'B']);
  await writeItems(pool, ['A'], { deleted: true });
  await settle(pool);
  expect((await list('items')).data.map(({ sku }) => sku)).toEqual(['B']);
  const { data } = await list('items', { deleted: true });
  expect(data.map(({ sku, deletedAt }) => [sku, deletedAt !== null])).toEqual([
    ['B', false],
    ['A', true],
  ]);
});

it('stands behind deleted rows that the client does not want, so that polls do not walk over them again', async () => {
  await writeItems(pool, ['A', 'B']);
  await writeItems(pool, ['A'], { deleted: true });
  await settle(pool);
  const { data, meta } = await list('items');
  expect(data.map(({ sku }) => sku)).toEqual(['B']);
  expect(decodeCursor(meta.nextCursor, { entity: 'items', vendorId: 'v1' }).position.key).toEqual(['A']);
});

it('carries updatedSince in the cursor', async () => {
  await writeItems(pool, ['OLD-1', 'OLD-2']);
  const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now');
  const updatedSince = new Date((rows[0]?.now.getTime() ?? 0) + 1).toISOString();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await writeItems(pool, ['NEW-1', 'NEW-2', 'NEW-3']);
  await settle(pool);
  const reader = new ChangeReader(pool);
  expect(await reader.readPage({ updatedSince, limit: 2 })).toEqual({ skus: ['NEW-1', 'NEW-2'], hasMore: true });
  expect(await reader.readPage({ limit: 2 })).toEqual({ skus: ['NEW-3'], hasMore: false });
  const { cursor } = reader;
  expect((await list('items', { cursor, updatedSince })).data).toEqual([]);
  const different = { code: 'invalid_request', path: 'updatedSince' };
  expect(await refusal(list('items', { cursor, updatedSince: '2020-01-01T00:00:00Z' }))).toEqual(different);
  const { meta } = await list('items');
  expect(await refusal(list('items', { cursor: meta.nextCursor, updatedSince }))).toEqual(different);
});

it.each(['0001-01-01T00:00:00Z', '1000-01-01T00:00:00+23:59', '9999-12-31T23:59:59.999999999-23:59'])(
  'takes %s as a time, as far away as it is',
  async (updatedSince) => {
    await writeItems(pool, ['A']);
    await settle(pool);
    const { data, meta } = await list('items', { updatedSince });
    expect(data).toHaveLength(updatedSince.startsWith('9') ? 0 : 1);
    expect((await list('items', { updatedSince, cursor: meta.nextCursor })).data).toEqual([]);
  },
);

it('refuses a cursor that is older than deleted rows are kept, and takes it again and again before', async () => {
  await writeItems(pool, ['A', 'B']);
  await settle(pool);
  const now = Date.now();
  const { meta: first } = await list('items', { limit: 1 }, { now });
  const late = { now: now + 2 * DAY, retentionDays: 2 };
  expect(await refusal(list('items', { cursor: first.nextCursor }, late))).toEqual({ code: 'expired' });
  const almost = { now: now + 1.9 * DAY, retentionDays: 2 };
  const { data, meta: second } = await list('items', { cursor: first.nextCursor }, almost);
  expect(data).toHaveLength(1);
  // Caught up: the time runs anew.
  expect((await list('items', { cursor: second.nextCursor }, { now: now + 3.5 * DAY, retentionDays: 2 })).data).toEqual([]);
  expect(await refusal(list('items', { cursor: second.nextCursor }, { now: now + 4 * DAY, retentionDays: 2 }))).toEqual({
    code: 'expired',
  });
});

it('refuses cursors of another vendor, of another list, and what is none', async () => {
  const { meta } = await list('items');
  const refused = { code: 'invalid_request', path: 'cursor' };
  expect(await refusal(list('items', { cursor: meta.nextCursor, vendorId: 'v2' }))).toEqual(refused);
  expect(await refusal(list('stock', { cursor: meta.nextCursor }))).toEqual(refused);
  expect(await refusal(list('items', { cursor: 'bm9uZQ' }))).toEqual(refused);
});

it('takes what a forged cursor may hold as a value, never as SQL', async () => {
  await writeItems(pool, ['A']);
  await settle(pool);
  const forged = { v: 1, e: 'items', i: 'v1', s: '9223372036854775807', k: [`'); drop table items; --`], u: 0, t: Date.now() };
  const cursor = Buffer.from(JSON.stringify(forged)).toString('base64url');
  expect((await list('items', { cursor })).data).toEqual([]);
  expect((await list('items')).data).toHaveLength(1);
});
