import { setTimeout as sleep } from 'node:timers/promises';
import { ENTITY_LIST, type Entity } from '@repo/contracts/primitives';
import { keyOf } from '@repo/contracts/rows/entities';
import { compareOrders, compareRows, type Difference } from './compare';
import type { PublicHub } from './public-hub';
import type { SimulatedVendor } from './simulated-vendor';

/** What ERP and hub hold of a vendor, compared by what anybody with a key can read. */
export interface VendorVerdict {
  vendorId: string;
  rows: number;
  orders: number;
  differences: Difference[];
}

/** Which orders this run answers for. */
export interface OrdersOfRun {
  /** Numbers of those that it placed, by vendor. */
  placedBy: ReadonlyMap<string, readonly string[]>;
  /** Numbers of those that it cancelled. */
  cancelled: ReadonlySet<string>;
  /** Ids of those that were there before it: an earlier ERP of the same name took them along when it ended. */
  before: ReadonlySet<string>;
}

const LOOK_AGAIN_MS = 2_000;

/** Compares every vendor, and again those that differ until they are equal or `withinMs` is over: the last look counts. */
export async function judgeVendors(
  hub: PublicHub,
  key: string,
  vendors: readonly SimulatedVendor[],
  ofRun: OrdersOfRun,
  { withinMs, onLook }: { withinMs: number; onLook: (differing: number) => void },
): Promise<VendorVerdict[]> {
  const end = performance.now() + withinMs;
  const verdicts = new Map<string, VendorVerdict>();
  for (let differing = [...vendors]; ;) {
    for (const vendor of differing) verdicts.set(vendor.vendorId, await judge(hub, key, vendor, ofRun));
    differing = vendors.filter(({ vendorId }) => (verdicts.get(vendorId)?.differences.length ?? 0) > 0);
    onLook(differing.length);
    if (differing.length === 0 || performance.now() > end) return [...verdicts.values()];
    await sleep(LOOK_AGAIN_MS);
  }
}

async function judge(
  hub: PublicHub,
  key: string,
  vendor: SimulatedVendor,
  { placedBy, cancelled, before }: OrdersOfRun,
): Promise<VendorVerdict> {
  const { vendorId, rows, orders } = vendor;
  const differences: Difference[] = [];
  let count = 0;
  for (const entity of ENTITY_LIST) {
    const ours = new Map([...rows.rows[entity]].map(([rowKey, { hash }]) => [rowKey, hash]));
    const theirs = await hashesInHub(hub, key, entity, vendorId);
    count += ours.size;
    differences.push(...compareRows(entity, ours, theirs));
  }
  const here = new Set(orders.held.map(({ orderId }) => orderId));
  const inHub = (await hub.orders(key, vendorId)).filter(({ id }) => !before.has(id) || here.has(id));
  differences.push(...compareOrders({ placed: placedBy.get(vendorId) ?? [], cancelled }, inHub, orders.held));
  return { vendorId, rows: count, orders: inHub.length, differences };
}

async function hashesInHub(hub: PublicHub, key: string, entity: Entity, vendorId: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for await (const page of hub.rows(key, entity, vendorId)) {
    for (const row of page) hashes.set(keyOf(entity, row) ?? '', String(row['contentHash']));
  }
  return hashes;
}
