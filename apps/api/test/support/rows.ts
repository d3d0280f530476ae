import { createHash } from 'node:crypto';
import type { Hub, TestAgent } from './hub';
import { registerAgent } from './hub';

export const AT = Date.parse('2026-01-01T00:00:00Z');

/** `seconds` after the beginning of the tests' time, as ISO. */
export const at = (seconds: number) => new Date(AT + seconds * 1000).toISOString();

/** A hash of whatever a test wants to tell apart. */
export const hashOf = (...parts: unknown[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

/** An item that is mapped; `more` goes over it. */
export function item(sku: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { sku, name: `Item ${sku}`, contentHash: hashOf(sku, more), lastSyncedAt: at(0), erpUnitCode: 'PCE', erpVatCode: 'T1', ...more };
}

export function stock(sku: string, erpWarehouseId: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    sku,
    erpWarehouseId,
    realStock: '10',
    virtualStock: '8',
    reservedQuantity: '2',
    contentHash: hashOf(sku, erpWarehouseId, more),
    lastSyncedAt: at(0),
    ...more,
  };
}

export function warehouse(erpWarehouseId: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    erpWarehouseId,
    code: erpWarehouseId,
    name: `Warehouse ${erpWarehouseId}`,
    contentHash: hashOf(erpWarehouseId, more),
    lastSyncedAt: at(0),
    ...more,
  };
}

export const UNIT = { mappingType: 'unit', erpCode: 'PCE', restoCode: 'PCE', restoLabel: 'Pièce' };
export const VAT = { mappingType: 'vat', erpCode: 'T1', restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %', vatRate: '5.5' };

let vendors = 0;

/** A registered vendor whose items of {@link item} are mapped. */
export async function mappedVendor(hub: Hub, name = `vendor-${++vendors}`): Promise<TestAgent> {
  const agent = await registerAgent(hub, name);
  const reply = await hub.admin('POST', '/api/admin/mappings/seed', { vendorId: name, mappings: [UNIT, VAT] });
  if (reply.status !== 200) throw new Error(`seeding gave ${reply.status}`);
  return agent;
}
