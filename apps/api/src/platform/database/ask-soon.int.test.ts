import { createDatabase, openPool, type TemporaryDatabase } from '@repo/dev-stack/databases';
import type { Pool } from 'pg';
import { NoAnswerError } from '../timing/within';
import { askSoon } from './ask-soon';

const LONG_MS = 10_000;

let database: TemporaryDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '');
});
beforeEach(() => {
  pool = openPool(database.url, 1);
});
afterEach(() => pool.end());
afterAll(() => database.drop());

it('gives the rows, and the connection back', async () => {
  expect(await askSoon(pool, LONG_MS, 'select $1::int as n', [7])).toEqual([{ n: 7 }]);
  expect(pool.idleCount).toBe(1);
});

it('closes a connection that does not answer, and leaves the pool to others', async () => {
  await expect(askSoon(pool, 50, 'select pg_sleep(3)')).rejects.toThrow(NoAnswerError);
  expect(pool.totalCount).toBe(0);
  expect(await askSoon(pool, LONG_MS, 'select 1 as n')).toEqual([{ n: 1 }]);
});

it('does not wait for a connection longer either, and loses none that comes later', async () => {
  const only = await pool.connect();
  await expect(askSoon(pool, 50, 'select 1')).rejects.toThrow(NoAnswerError);
  only.release();
  expect(await askSoon(pool, LONG_MS, 'select 1 as n')).toEqual([{ n: 1 }]);
});
