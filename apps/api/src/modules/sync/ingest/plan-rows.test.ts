import type { RowOf } from '@repo/contracts/rows/entities';
import type { BatchState } from '@repo/shared/database/ingest/batch-types';
import { rootChange } from './digest-change';
import { planRows, type CodeMeanings } from './plan-rows';

const meanings: CodeMeanings = {
  get: (type, code) => (code === 'OK' ? { restoCode: `r-${type}`, restoLabel: type, vatRate: type === 'vat' ? '5.5' : null } : undefined),
};
const incoming = (contentHash: string, micros: number, more: Partial<RowOf['items']> = {}) => ({
  key: 'A',
  micros,
  row: { sku: 'A', name: 'n', contentHash, lastSyncedAt: '', erpUnitCode: 'OK', erpVatCode: 'OK', ...more },
});
const state = (parts: Partial<BatchState> = {}): BatchState => ({
  stored: new Map(),
  parked: new Map(),
  liveItems: new Set(),
  liveWarehouses: new Set(),
  mappingVersion: '1',
  ...parts,
});
const live = (contentHash: string, micros: number, deleted = false) => new Map([['A', { contentHash, micros, deleted }]]);
const parked = (contentHash: string, micros: number) => new Map([['A', { contentHash, micros }]]);
const plan = (row: ReturnType<typeof incoming>, parts: Partial<BatchState> = {}) => planRows('items', [row], state(parts), meanings)[0];

describe('planning a row', () => {
  it('writes what is new, with what its codes mean', () => {
    expect(plan(incoming('h', 10, { erpFamilyCode: 'OK', erpSubfamilyCode: 'unknown' }))).toMatchObject({
      act: 'write',
      write: { mapped: { unitCode: 'r-unit', vatRate: '5.5', familyCode: 'r-family', subfamilyCode: null } },
    });
  });

  it('calls the same hash unchanged whatever the time, and advances only to newer times', () => {
    expect(plan(incoming('h', 11), { stored: live('h', 10) })).toMatchObject({ act: 'unchanged', advance: true });
    expect(plan(incoming('h', 10), { stored: live('h', 10) })).toMatchObject({ act: 'unchanged', advance: false });
    expect(plan(incoming('h', 9), { stored: live('h', 10) })).toMatchObject({ act: 'unchanged', advance: false });
  });

  it('writes another hash at an equal time, and calls an older one stale', () => {
    expect(plan(incoming('h2', 10), { stored: live('h', 10) })).toMatchObject({ act: 'write' });
    expect(plan(incoming('h2', 9), { stored: live('h', 10) })).toMatchObject({ act: 'stale' });
  });

  it('restores a deleted row at an equal or newer time even with the same hash, and calls an older one stale', () => {
    expect(plan(incoming('h', 10), { stored: live('h', 10, true) })).toMatchObject({ act: 'write' });
    expect(plan(incoming('h', 9), { stored: live('h', 10, true) })).toMatchObject({ act: 'stale' });
  });

  it('decides unchanged and stale before it asks for mappings', () => {
    expect(plan(incoming('h', 10, { erpUnitCode: 'XX' }), { stored: live('h', 10) })).toMatchObject({ act: 'unchanged' });
    expect(plan(incoming('h2', 9, { erpUnitCode: 'XX' }), { stored: live('h', 10) })).toMatchObject({ act: 'stale' });
  });

  it('parks for the unit before the VAT, and waits for both', () => {
    expect(plan(incoming('h', 10, { erpUnitCode: 'XX', erpVatCode: 'YY' }))).toMatchObject({
      act: 'park',
      keep: true,
      park: { reason: 'unmapped_unit', waitsFor: ['unit:XX', 'vat:YY'] },
    });
    expect(plan(incoming('h', 10, { erpVatCode: 'YY' }))).toMatchObject({ park: { reason: 'unmapped_vat', waitsFor: ['vat:YY'] } });
  });

  it('keeps the newest parked row of a key', () => {
    expect(plan(incoming('h2', 9, { erpUnitCode: 'XX' }), { parked: parked('h', 10) })).toMatchObject({ act: 'park', keep: false });
    expect(plan(incoming('h2', 10, { erpUnitCode: 'XX' }), { parked: parked('h', 10) })).toMatchObject({ act: 'park', keep: true });
  });

  it('removes the parked row of what is written or unchanged unless that is newer', () => {
    expect(plan(incoming('h2', 10), { parked: parked('h', 10) })).toMatchObject({ act: 'write', unpark: true });
    expect(plan(incoming('h2', 9), { parked: parked('h', 10) })).toMatchObject({ act: 'write', unpark: false });
    expect(plan(incoming('h', 9), { stored: live('h', 8), parked: parked('x', 9) })).toMatchObject({ act: 'unchanged', unpark: true });
  });

  it('parks stock for its item before its warehouse', () => {
    const row = { key: 'W\u001fA', micros: 1, row: { sku: 'A', erpWarehouseId: 'W', contentHash: 'h' } as RowOf['stock'] };
    const planned = (parts: Partial<BatchState>) => planRows('stock', [row], state(parts), meanings)[0];
    expect(planned({})).toMatchObject({ act: 'park', park: { reason: 'item_not_found', waitsFor: ['item:A', 'warehouse:W'] } });
    expect(planned({ liveItems: new Set(['A']) })).toMatchObject({
      act: 'park',
      park: { reason: 'warehouse_not_found', waitsFor: ['warehouse:W'] },
    });
    expect(planned({ liveItems: new Set(['A']), liveWarehouses: new Set(['W']) })).toMatchObject({ act: 'write' });
  });
});

describe('the change of the root', () => {
  const change = (row: ReturnType<typeof incoming>, parts: Partial<BatchState>) =>
    rootChange(planRows('items', [row], state(parts), meanings), state(parts));

  it('counts a key with a parked row once, by the parked hash', () => {
    const shown = (row: ReturnType<typeof incoming>, parts: Partial<BatchState>) => change(row, parts).count;
    expect(shown(incoming('h', 10), {})).toBe(1);
    expect(shown(incoming('h', 10, { erpUnitCode: 'XX' }), {})).toBe(1);
    expect(shown(incoming('h2', 11, { erpUnitCode: 'XX' }), { stored: live('h', 10) })).toBe(0);
    expect(shown(incoming('h2', 11), { parked: parked('h', 10) })).toBe(0);
    expect(shown(incoming('h', 11), { stored: live('h', 10, true) })).toBe(1);
  });

  it('is nothing when the hash that counts stays the same', () => {
    expect(change(incoming('h', 10), { parked: parked('h', 10) })).toEqual({ count: 0, digest: 0n });
    expect(change(incoming('h', 9), { parked: parked('p', 10) })).toEqual({ count: 0, digest: 0n });
  });
});
