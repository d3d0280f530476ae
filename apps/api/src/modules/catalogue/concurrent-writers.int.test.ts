import type { Pool } from 'pg';
import { ChangeReader } from '../../../test/catalogue/change-reader';
import { openCatalogue, settle, writeItems, type CatalogueDatabase } from '../../../test/catalogue/seed-catalogue';

const WRITERS = 6;
const TRANSACTIONS_EACH = 60;
const KEYS = Array.from({ length: 120 }, (_, i) => `SKU-${i}`);

let catalogue: CatalogueDatabase;
beforeAll(async () => {
  catalogue = await openCatalogue({ max: WRITERS + 2 });
});
afterAll(() => catalogue.drop());

it('keeps the copy of a client equal to the table, whatever the order in which writers commit', async () => {
  const { pool } = catalogue;
  const reader = new ChangeReader(pool);
  const writing = new AbortController();
  const writers = Promise.all(Array.from({ length: WRITERS }, (_, seed) => write(pool, seed + 1))).finally(() => writing.abort());
  let pages = 0;
  const random = randomFrom(99);
  while (!writing.signal.aborted) {
    await reader.readPage({ limit: 1 + Math.floor(random() * 40) });
    pages++;
  }
  await writers;
  await settle(pool);
  await reader.readToEnd({ limit: 7 });

  const { rows } = await pool.query<{ sku: string; content_hash: string }>(
    `select sku, content_hash from items where vendor_id = 'v1' and deleted_at is null`,
  );
  expect(sorted(reader.copy)).toEqual(sorted(new Map(rows.map(({ sku, content_hash }) => [sku, content_hash]))));
  // What makes it a test: a reader that met the writers at work, rows that are there and rows that are deleted.
  expect(pages).toBeGreaterThan(20);
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.length).toBeLessThan(KEYS.length);
});

/** Transactions that take their numbers early, dawdle, create, change, delete and restore, and sometimes give up. */
async function write(pool: Pool, seed: number): Promise<void> {
  const random = randomFrom(seed);
  const dawdle = () => new Promise((resolve) => setTimeout(resolve, random() * 12));
  const client = await pool.connect();
  try {
    for (let i = 0; i < TRANSACTIONS_EACH; i++) {
      await client.query('begin');
      if (random() < 0.5) await client.query('select pg_current_xact_id()');
      await dawdle();
      const from = Math.floor(random() * KEYS.length);
      // One statement a transaction, in key order: writers wait for one another's rows, but cannot deadlock.
      const keys = KEYS.slice(from, from + 1 + Math.floor(random() * 6));
      await writeItems(client, keys, { hash: `w${seed}-${i}`, deleted: random() < 0.35 });
      await dawdle();
      await client.query(random() < 0.15 ? 'rollback' : 'commit');
    }
  } finally {
    client.release();
  }
}

const sorted = (copy: ReadonlyMap<string, string>) => [...copy].sort(([a], [b]) => (a < b ? -1 : 1));

/** A small generator (mulberry32), so that a run can be repeated. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
