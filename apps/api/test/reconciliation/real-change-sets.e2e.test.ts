import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';
import { readCatalogue, type FileCatalogue } from '@repo/sample-data/read-catalogue';
import { startHub, type Hub } from '../support/hub';
import { connectReconcilingAgent, type ReconcilingAgent } from '../support/reconciling-agent';
import { hashOf } from '../support/rows';

type AnyRow = Record<string, unknown>;
const FOLDER = process.env['REAL_DATA_DIR'] ?? path.resolve(__dirname, '../../../../../shared/data');
/** Of 36,000 barcodes those that end with this digit; all of them when it is empty. */
const LAST_DIGIT = process.env['REAL_LAST_DIGIT'] ?? '0';
const KEYS = { items: 'sku', warehouses: 'erp_warehouse_id', stock: `erp_warehouse_id || U&'\\001F' || sku` };

let hub: Hub;
let agent: ReconcilingAgent | undefined;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(async () => {
  await agent?.stop();
  await hub.stop();
});

function hasData(): boolean {
  if (existsSync(FOLDER)) return true;
  process.stdout.write('No real catalogues here (REAL_DATA_DIR is not set): no change from one to the other was tried.\n');
  return false;
}

async function connect(vendorId: string, catalogues: readonly FileCatalogue[]): Promise<ReconcilingAgent> {
  await agent?.stop();
  agent = await connectReconcilingAgent(hub, vendorId, 'push');
  for (const catalogue of catalogues) {
    const mappings = [];
    for await (const entry of catalogue.mappings()) mappings.push(entry);
    expect((await hub.admin('POST', '/api/admin/mappings/seed', { vendorId, mappings })).status).toBe(200);
  }
  return agent;
}

async function rowsOf(rows: AsyncIterable<object>, keeps: (row: AnyRow) => boolean = () => true): Promise<Map<string, AnyRow>> {
  const byKey = new Map<string, AnyRow>();
  for await (const row of rows as AsyncIterable<AnyRow>) {
    const key = keyOf('sku' in row ? ('erpWarehouseId' in row ? 'stock' : 'items') : 'warehouses', row);
    if (key !== null && keeps(row)) byKey.set(key, row);
  }
  return byKey;
}

/** The ERP holds these rows of an entity from now on, and no others. */
function hold({ store }: ReconcilingAgent, entity: Entity, before: ReadonlyMap<string, AnyRow>, rows: ReadonlyMap<string, AnyRow>): void {
  for (const key of before.keys()) store.delete(entity, key);
  for (const row of rows.values()) store.put(entity, row);
}

async function expectHeld({ vendorId }: ReconcilingAgent, entity: Entity, wanted: ReadonlyMap<string, AnyRow>): Promise<void> {
  const { rows } = await hub.pool.query<{ key: string; hash: string }>(
    `select ${KEYS[entity]} as key, content_hash as hash from ${entity} where vendor_id = $1 and deleted_at is null`,
    [vendorId],
  );
  expect(new Map(rows.map(({ key, hash }) => [key, hash]))).toEqual(new Map([...wanted].map(([key, row]) => [key, row['contentHash']])));
}

/** How many keys of the first are not in the second. */
const lessen = (one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>) =>
  [...one.keys()].filter((key) => !other.has(key)).length;

it('brings Open Food Facts of 2018 to what it was in 2019, and back once an admin has said that so much may go', async () => {
  if (!hasData()) return;
  const catalogues = await readCatalogue(FOLDER);
  const of = (vendor: string) => catalogues.find((catalogue) => catalogue.vendor === vendor) as FileCatalogue;
  const [old, late] = [of('open-food-facts-2018'), of('open-food-facts')];
  const vendor = await connect('food', [old, late]);
  const keeps = (row: AnyRow) => String(row['sku']).endsWith(LAST_DIGIT);
  const [before, after] = [await rowsOf(old.items(), keeps), await rowsOf(late.items(), keeps)];
  hold(vendor, 'items', new Map(), before);
  await vendor.push('items', [...before.values()]);
  expect(await vendor.compare()).toMatchObject({ eventType: 'in_sync' });

  hold(vendor, 'items', before, after);
  const [gone, come] = [lessen(before, after), lessen(after, before)];
  expect(await vendor.compare()).toMatchObject({
    eventType: 'drift_resolved',
    summary: { rows: { onlyInErp: come, onlyInHub: gone, changed: before.size - gone, written: after.size, deleted: gone } },
  });
  await expectHeld(vendor, 'items', after);
  expect(await vendor.inSync()).toBe(true);

  // An ERP that falls back by a year has lost most of its rows.
  hold(vendor, 'items', after, before);
  expect(await vendor.compare()).toMatchObject({
    eventType: 'held_too_many_deletes',
    summary: { held: come, rows: { written: before.size } },
  });
  expect(await vendor.compare('items', true)).toMatchObject({ eventType: 'drift_resolved', summary: { rows: { deleted: come } } });
  await expectHeld(vendor, 'items', before);
}, 120_000);

it('brings a wholesaler to what is left when its obsolete products are gone and its orders were delivered', async () => {
  if (!hasData()) return;
  const [oe] = (await readCatalogue(FOLDER)).filter(({ vendor }) => vendor === 'oe') as [FileCatalogue];
  const vendor = await connect('oe', [oe]);
  const before = { warehouses: await rowsOf(oe.warehouses()), items: await rowsOf(oe.items()), stock: await rowsOf(oe.stock()) };
  for (const entity of ['warehouses', 'items', 'stock'] as const) {
    hold(vendor, entity, new Map(), before[entity]);
    await vendor.push(entity, [...before[entity].values()]);
    expect(await vendor.compare(entity)).toMatchObject({ eventType: 'in_sync' });
  }
  const items = await rowsOf(oe.items(), ({ attributes }) => (attributes as AnyRow)['status'] !== 'obsolete');
  const stock = new Map([...before.stock].map(([key, row]) => [key, delivered(row)]));
  hold(vendor, 'items', before.items, items);
  hold(vendor, 'stock', before.stock, stock);
  expect(await vendor.compare('items')).toMatchObject({
    eventType: 'drift_resolved',
    summary: { rows: { deleted: lessen(before.items, items) } },
  });
  expect(await vendor.compare('stock')).toMatchObject({
    eventType: 'drift_resolved',
    summary: { rows: { changed: stock.size, written: stock.size } },
  });
  expect(await vendor.compare('warehouses')).toMatchObject({ eventType: 'in_sync' });
  for (const [entity, rows] of [
    ['items', items],
    ['stock', stock],
    ['warehouses', before.warehouses],
  ] as const) {
    await expectHeld(vendor, entity, rows);
    expect(await vendor.inSync(entity)).toBe(true);
  }
}, 60_000);

/** The same row when half of what was there has gone out. */
function delivered(row: AnyRow): AnyRow {
  const left = String(Math.floor(Number(row['realStock']) / 2));
  return { ...row, realStock: left, virtualStock: left, contentHash: hashOf(row['contentHash'], left) };
}
