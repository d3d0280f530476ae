import { digestRow, formatDigest } from '@repo/contracts/digest';
import type { Entity } from '@repo/contracts/primitives';
import { useTestDatabase } from '../../../test/support/test-database';
import { digestNumbers } from '../ingest/digest-numbers';
import { computeRoot } from '../ingest/digest-root';
import { countedRows } from './counted-rows';
import { rangeLiterals } from './key-range';
import { readKeys } from './read-keys';
import { readNodes } from './read-nodes';

const test = useTestDatabase();
const V = 'vendor';
const SYNCED = 'content_hash, last_synced_at, updated_at, touched_at, change_seq, key_hash, row_digest, deleted_at';
const CODES = 'name, erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate';

interface ItemState {
  sku: string;
  hash: string;
  deleted?: boolean;
}
async function storeItems(vendorId: string, rows: readonly ItemState[]): Promise<void> {
  const numbers = rows.map(({ sku, hash }) => digestNumbers(sku, hash));
  await test.client.query(
    `insert into items (vendor_id, sku, ${SYNCED}, ${CODES})
      select $1, sku, hash, now(), now(), now(), 1, place, digest, case when gone then now() end, 'n', 'u', 'v', 'u', 'u', 'v', 1
      from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::boolean[]) as one (sku, hash, place, digest, gone)`,
    [
      vendorId,
      rows.map(({ sku }) => sku),
      rows.map(({ hash }) => hash),
      numbers.map(({ keyHash }) => keyHash.toString()),
      numbers.map(({ rowDigest }) => rowDigest.toString()),
      rows.map(({ deleted = false }) => deleted),
    ],
  );
}
async function park(entity: Entity, key: string, hash: string): Promise<void> {
  const { keyHash, rowDigest } = digestNumbers(key, hash);
  await test.client.query(
    `insert into parked_rows (vendor_id, entity, key, payload, content_hash, last_synced_at, key_hash, row_digest, reason, waits_for,
        first_seen_at, last_seen_at) values ($1, $2, $3, '{}', $4, now(), $5, $6, 'unmapped_unit', '{unit:X}', now(), now())`,
    [V, entity, key, hash, keyHash.toString(), rowDigest.toString()],
  );
}

/** What the hub must count of `items`: key and content hash. */
const counted = new Map<string, string>();
const STRANGE = ['__proto__', 'constructor', 'Käse-Größe 1', '牛乳', '🧀', 'a"b\\c{,}', "o'hara"];

beforeAll(async () => {
  const rows: ItemState[] = Array.from({ length: 3_000 }, (_, n) => ({ sku: `A-${n}`, hash: `h${n}` }));
  rows.push(...STRANGE.map((sku) => ({ sku, hash: 'strange' })));
  for (const { sku, hash } of rows) counted.set(sku, hash);
  await storeItems(V, [...rows, { sku: 'gone', hash: 'h', deleted: true }, { sku: 'gone, and parked', hash: 'h', deleted: true }]);
  await storeItems('another', [{ sku: 'A-1', hash: 'another' }]);
  for (const key of ['A-7', 'gone, and parked', 'parked alone', '🧀']) {
    await park('items', key, `parked ${key}`);
    counted.set(key, `parked ${key}`);
  }
  // Of another entity, but with the key of an item.
  await park('warehouses', 'A-8', 'elsewhere');
});

function expectedNodes(depth: number, prefixes: readonly string[]): Record<string, string> {
  const nodes = new Map<string, { n: number; d: bigint }>();
  for (const [key, hash] of counted) {
    const { h, r } = digestRow(key, hash);
    const prefix = prefixes.find((one) => h.startsWith(one));
    if (prefix === undefined) continue;
    const full = h.slice(0, prefix.length + depth);
    const node = nodes.get(full) ?? { n: 0, d: 0n };
    nodes.set(full, { n: node.n + 1, d: node.d + r });
  }
  return shown(nodes);
}
const shown = (nodes: Map<string, { n: number; d: bigint }>) =>
  Object.fromEntries([...nodes].map(([prefix, { n, d }]) => [prefix, `${n}.${formatDigest(d)}`]));

describe('the nodes of the hub', () => {
  it.each([
    [0, ['']],
    [1, ['']],
    [2, ['']],
    [2, ['0', '7', '8', 'f', 'f']],
    [2, ['00', '7f', '80', 'ff', 'a3']],
    [0, ['7f', '80']],
    [12, ['7', '8', 'e']],
    [16, ['']],
  ])('%i digits below %j are those of the rows it counts', async (depth, prefixes) => {
    expect(shown(await readNodes(test.pool, V, 'items', depth, prefixes))).toEqual(expectedNodes(depth, prefixes));
  });

  it('are those of one row at the full depth', async () => {
    const { h } = digestRow('牛乳', 'strange');
    const nodes = await readNodes(test.pool, V, 'items', 0, [h.slice(0, 16)]);
    expect(shown(nodes)).toEqual(expectedNodes(0, [h.slice(0, 16)]));
    expect([...nodes.keys()]).toEqual([h.slice(0, 16)]);
  });

  it.each(['items', 'stock', 'warehouses'] as const)('have the root of %s that is computed from all rows', async (entity) => {
    const { count, digest } = await computeRoot(test.pool, V, entity);
    const root = (await readNodes(test.pool, V, entity, 0, [''])).get('') ?? { n: 0, d: 0n };
    expect({ count: root.n, digest: formatDigest(root.d) }).toEqual({ count, digest });
  });

  it.each([
    [0, ['', '0']],
    [3, ['00000000000000']],
    [0, ['A3']],
    [0, ["0' or true --"]],
  ])('are refused %i digits below %j', async (depth, prefixes) => {
    await expect(readNodes(test.pool, V, 'items', depth, prefixes)).rejects.toThrow(RangeError);
  });
});

it.each([[['']], [['7', '80', 'ff', 'ff']]])(
  'the keys below %j come with their digests, the parked one in place of the live one',
  async (prefixes) => {
    const expected = [...counted]
      .map(([key, hash]) => [key, digestRow(key, hash)] as const)
      .filter(([, { h }]) => prefixes.some((prefix) => h.startsWith(prefix)))
      .map(([key, { r }]) => [key, formatDigest(r)] as const);
    expect(await readKeys(test.pool, V, 'items', prefixes)).toEqual(new Map(expected));
  },
);

it('reads keys of stock with both of their parts', async () => {
  await test.client.query(`insert into warehouses (vendor_id, erp_warehouse_id, ${SYNCED}, code, name)
    values ('${V}', 'W1', 'h', now(), now(), now(), 1, 1, 1, null, 'c', 'n')`);
  const key = 'W1\u001FA-1';
  const { keyHash, rowDigest } = digestNumbers(key, 's');
  await test.client.query(`insert into stock (vendor_id, erp_warehouse_id, sku, ${SYNCED}, real_stock, virtual_stock, reserved_quantity)
    values ('${V}', 'W1', 'A-1', 's', now(), now(), now(), 1, ${keyHash}, ${rowDigest}, null, 1, 1, 0)`);
  const { h, r } = digestRow(key, 's');
  expect(await readKeys(test.pool, V, 'stock', [h.slice(0, 4)])).toEqual(new Map([[key, formatDigest(r)]]));
  await park('stock', key, 'newer');
  expect(await readKeys(test.pool, V, 'stock', [''])).toEqual(new Map([[key, formatDigest(digestRow(key, 'newer').r)]]));
});

describe('of very many rows that are all parked, of which the statistics know nothing', () => {
  const MANY = 4_000;
  beforeAll(async () => {
    for (const table of ['items', 'parked_rows']) await test.client.query(`alter table ${table} set (autovacuum_enabled = false)`);
    await test.client.query('analyze items, parked_rows');
    const keys = Array.from({ length: MANY }, (_, n) => `M-${n}`);
    await storeItems(
      'many',
      keys.map((sku) => ({ sku, hash: 'live' })),
    );
    await test.client.query(
      `insert into parked_rows (vendor_id, entity, key, payload, content_hash, last_synced_at, key_hash, row_digest, reason, waits_for,
          first_seen_at, last_seen_at)
        select 'many', 'items', sku, '{}', 'h', now(), key_hash, row_digest, 'unmapped_unit', '{unit:X}', now(), now() from items where vendor_id = 'many'`,
    );
  });

  /** The rows that a statement visited or sorted out, in all of its plan. */
  async function rowsVisited(text: string, values: readonly unknown[]): Promise<number> {
    const { rows } = await test.client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (analyze, timing off, format json) ${text}`, [
      ...values,
    ]);
    const visit = (node: PlanNode): number =>
      Object.entries(node).reduce(
        (sum, [name, value]) => sum + (/^(Actual Rows|Rows Removed)/.test(name) ? Number(value) * node['Actual Loops'] : 0),
        0,
      ) + (node.Plans ?? []).reduce((sum, child) => sum + visit(child), 0);
    return visit((rows[0] as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'][0].Plan);
  }
  interface PlanNode {
    'Actual Loops': number;
    Plans?: PlanNode[];
  }

  it('reads only those below its prefixes', async () => {
    const prefixes = Array.from({ length: 64 }, (_, n) => (n * 4).toString(16).padStart(2, '0'));
    const values = ['many', 'items', ...rangeLiterals(prefixes)];
    // A quarter of the rows, live, parked, and both: a few steps of the plan each, and not the rows of the vendor once a prefix.
    expect(await rowsVisited(`select key from ${countedRows('items')}`, values)).toBeLessThan(MANY * 10);
  });

  it('sums them up without comparing each with each', async () => {
    const seen: { text: string; values: unknown[] }[] = [];
    const query = (text: string, values: unknown[]) => {
      seen.push({ text, values });
      return test.client.query(text, values);
    };
    const root = await computeRoot({ query } as unknown as Parameters<typeof computeRoot>[0], 'many', 'items');
    expect(root.count).toBe(MANY);
    expect(await rowsVisited(seen[0]?.text ?? '', seen[0]?.values ?? [])).toBeLessThan(MANY * 10);
  });
});

it('reads only the rows below its prefixes', async () => {
  await test.client.query('analyze items');
  const { rows } = await test.client.query<{ 'QUERY PLAN': string }>(
    `explain (analyze, timing off, costs off) select key from ${countedRows('items')}`,
    [V, 'items', ...rangeLiterals(['a3', '7f'])],
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('items_by_key_hash');
  expect(plan).not.toContain('Seq Scan on items');
});

it('reads only the parked rows below its prefixes, also where nothing has a mapping yet', async () => {
  await test.client.query(
    `insert into parked_rows (vendor_id, entity, key, payload, content_hash, last_synced_at, key_hash, row_digest, reason, waits_for,
        first_seen_at, last_seen_at)
      select 'unmapped', 'items', 'P-' || n, '{}', 'h', now(), substr(sha256(convert_to('P-' || n, 'UTF8')), 1, 8)::bigint, n,
        'unmapped_unit', '{unit:X}', now(), now() from generate_series(1, 5000) as n`,
  );
  await test.client.query('analyze parked_rows');
  const { rows } = await test.client.query<{ 'QUERY PLAN': string }>(
    `explain (analyze, timing off, costs off) select key from ${countedRows('items')}`,
    ['unmapped', 'items', ...rangeLiterals(['a3', '7f', '00'])],
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('parked_rows_by_key_hash');
  expect(plan).not.toContain('Rows Removed by Filter');
});
