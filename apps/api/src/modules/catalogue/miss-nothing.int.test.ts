import { ensureHubState } from '@repo/shared/database/hub-state';
import { ChangeReader } from '../../../test/catalogue/change-reader';
import { openCatalogue, settle, writeItems, type CatalogueDatabase } from '../../../test/catalogue/seed-catalogue';

let catalogue: CatalogueDatabase;
beforeAll(async () => {
  catalogue = await openCatalogue();
});
beforeEach(() => catalogue.empty());
afterAll(() => catalogue.drop());

it('gives a transaction that commits late to a client who has read past its time', async () => {
  const { pool } = catalogue;
  const reader = new ChangeReader(pool);
  await writeItems(pool, ['EARLIER']);
  await settle(pool);
  expect(await reader.readToEnd()).toEqual(['EARLIER']);

  const late = await pool.connect();
  await late.query('begin');
  await writeItems(late, ['A-1', 'A-2']);
  await writeItems(pool, ['B-1']);
  // Neither: B's number is higher than that of A, which is still open.
  expect(await reader.readToEnd()).toEqual([]);
  await late.query('commit');
  late.release();
  await settle(pool);
  expect(await reader.readToEnd()).toEqual(['A-1', 'A-2', 'B-1']);
});

it('gives the rows of a transaction that took its number early and wrote late', async () => {
  const { pool } = catalogue;
  const reader = new ChangeReader(pool);
  const late = await pool.connect();
  await late.query('begin');
  await late.query('select pg_current_xact_id()');
  await writeItems(pool, ['B-1', 'SHARED'], { hash: 'from-b' });
  expect(await reader.readToEnd()).toEqual([]);
  // The number of a row that both have written goes back.
  await writeItems(late, ['A-1', 'SHARED'], { hash: 'from-a' });
  await late.query('commit');
  late.release();
  await settle(pool);
  expect((await reader.readToEnd()).sort()).toEqual(['A-1', 'B-1', 'SHARED']);
  expect(reader.copy.get('SHARED')).toBe('from-a');
});

it('is not held up by a transaction that was rolled back, and gives nothing of it', async () => {
  const { pool } = catalogue;
  const client = await pool.connect();
  await client.query('begin');
  await writeItems(client, ['A-1']);
  await client.query('rollback');
  client.release();
  await writeItems(pool, ['B-1']);
  await settle(pool);
  expect(await new ChangeReader(pool).readToEnd()).toEqual(['B-1']);
});

it('gives a row that changes while the client pages again, and one that it has not reached yet once', async () => {
  const { pool } = catalogue;
  const reader = new ChangeReader(pool);
  await writeItems(pool, ['A', 'B', 'C', 'D', 'E']);
  await settle(pool);
  expect(await reader.readPage({ limit: 2 })).toEqual({ skus: ['A', 'B'], hasMore: true });
  await writeItems(pool, ['A', 'D'], { hash: 'changed' });
  await settle(pool);
  expect(await reader.readPage({ limit: 2 })).toEqual({ skus: ['C', 'E'], hasMore: true });
  expect(await reader.readPage({ limit: 2 })).toEqual({ skus: ['A', 'D'], hasMore: false });
  expect(Object.fromEntries(reader.copy)).toEqual({ A: 'changed', B: 'h', C: 'h', D: 'changed', E: 'h' });
});

it('tells of deletes and restores', async () => {
  const { pool } = catalogue;
  const reader = new ChangeReader(pool);
  await writeItems(pool, ['A', 'B']);
  await settle(pool);
  await reader.readToEnd();
  await writeItems(pool, ['A'], { deleted: true });
  await settle(pool);
  expect(await reader.readToEnd()).toEqual(['-A']);
  await writeItems(pool, ['A'], { hash: 'restored' });
  await settle(pool);
  expect(await reader.readToEnd()).toEqual(['A']);
  expect(reader.copy.get('A')).toBe('restored');
});

it('goes on after a restore into another cluster, whose transaction numbers are lower', async () => {
  const { pool } = catalogue;
  const reader = new ChangeReader(pool);
  // The old cluster had used up a million numbers more.
  await pool.query(`update hub_state set system_identifier = 'the old cluster', change_offset = 1000000`);
  await writeItems(pool, ['A', 'B']);
  await settle(pool);
  expect(await reader.readToEnd()).toEqual(['A', 'B']);

  await pool.query('update hub_state set change_offset = 0');
  const client = await pool.connect();
  await ensureHubState(client);
  client.release();
  await writeItems(pool, ['B', 'C'], { hash: 'after' });
  await settle(pool);
  expect(await reader.readToEnd()).toEqual(['B', 'C']);
  expect(reader.copy.get('B')).toBe('after');
});
