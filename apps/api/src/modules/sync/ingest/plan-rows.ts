import type { Entity } from '@repo/contracts/primitives';
import type { ItemRow } from '@repo/contracts/rows/item-row';
import type { StockRow } from '@repo/contracts/rows/stock-row';
import type { FailReason, ParkReason } from '@repo/contracts/verdicts';
import type { BatchState, IncomingRow, MappedCodes, RowToPark, RowToWrite } from '@repo/shared/database/ingest/batch-types';

/** What a vendor's codes mean, as of one version of its mappings. */
export interface CodeMeanings {
  get(
    type: 'unit' | 'vat' | 'family' | 'subfamily',
    code: string,
  ): { restoCode: string; restoLabel: string; vatRate: string | null } | undefined;
}

/** What has to be done with one row, and what its sender is told. */
export type RowPlan<R extends IncomingRow = IncomingRow> =
  | { act: 'write'; row: R; write: RowToWrite; unpark: boolean }
  /** Stored with the same hash; `advance` when it came with a newer time, or has to count as touched. */
  | { act: 'unchanged'; row: R; advance: boolean; unpark: boolean }
  | { act: 'stale'; row: R; detail: string }
  /** `keep`: this row becomes the key's parked one (a newer one may be there already). */
  | { act: 'park'; row: R; park: RowToPark; keep: boolean; detail: string };

/** A failure reason that a plan can end in. */
export type PlannedFailure = Extract<FailReason, 'stale' | ParkReason>;

/**
 * Decides what becomes of each row, given what the database holds: the verdicts of the contract in their order. Pure;
 * whoever carries it out must hold to the same state, or guard every write by it.
 */
export function planRows<R extends IncomingRow>(
  entity: Entity,
  rows: readonly R[],
  state: BatchState,
  meanings: CodeMeanings,
): RowPlan<R>[] {
  return rows.map((row) => planRow(entity, row, state, meanings));
}

function planRow<R extends IncomingRow>(entity: Entity, row: R, state: BatchState, meanings: CodeMeanings): RowPlan<R> {
  const stored = state.stored.get(row.key);
  const parked = state.parked.get(row.key);
  const unpark = parked !== undefined && parked.micros <= row.micros;
  if (stored !== undefined) {
    const older = row.micros < stored.micros;
    if (stored.deleted && older) return { act: 'stale', row, detail: 'the row was deleted later than this' };
    if (!stored.deleted && stored.contentHash === row.row.contentHash)
      return { act: 'unchanged', row, advance: row.micros > stored.micros || stored.touch === true, unpark };
    if (older) return { act: 'stale', row, detail: 'a newer version of the row is stored' };
  }
  const wants =
    entity === 'items'
      ? wantsOfItem(row.row as ItemRow, meanings)
      : entity === 'stock'
        ? wantsOfStock(row.row as StockRow, state)
        : NOTHING;
  if (wants.missing.length > 0) {
    const [first] = wants.missing as [Missing];
    const park = { ...row, reason: first.reason, waitsFor: wants.missing.map(({ waitsFor }) => waitsFor) };
    return { act: 'park', row, park, keep: parked === undefined || unpark, detail: first.detail };
  }
  return { act: 'write', row, write: { ...row, mapped: wants.mapped }, unpark };
}

interface Missing {
  reason: ParkReason;
  waitsFor: string;
  detail: string;
}

interface Wants {
  missing: readonly Missing[];
  mapped: MappedCodes | null;
}

const NOTHING: Wants = { missing: [], mapped: null };

/** Unit and VAT must be mapped; family and subfamily are filled in when their mapping arrives. */
function wantsOfItem(row: ItemRow, meanings: CodeMeanings): Wants {
  const unit = meanings.get('unit', row.erpUnitCode);
  const vat = meanings.get('vat', row.erpVatCode);
  if (unit === undefined || vat === undefined) {
    const missing: Missing[] = [];
    if (unit === undefined) missing.push(unmapped('unit', row.erpUnitCode));
    if (vat === undefined) missing.push(unmapped('vat', row.erpVatCode));
    return { missing, mapped: null };
  }
  const family = isCode(row.erpFamilyCode) ? meanings.get('family', row.erpFamilyCode) : undefined;
  const subfamily = isCode(row.erpSubfamilyCode) ? meanings.get('subfamily', row.erpSubfamilyCode) : undefined;
  return {
    missing: [],
    mapped: {
      unitCode: unit.restoCode,
      unitLabel: unit.restoLabel,
      vatCode: vat.restoCode,
      vatRate: vat.vatRate ?? '0',
      familyCode: family?.restoCode ?? null,
      familyLabel: family?.restoLabel ?? null,
      subfamilyCode: subfamily?.restoCode ?? null,
      subfamilyLabel: subfamily?.restoLabel ?? null,
    },
  };
}

const isCode = (code: string | null | undefined): code is string => code !== null && code !== undefined && code !== '';

function unmapped(type: 'unit' | 'vat', code: string): Missing {
  return {
    reason: type === 'unit' ? 'unmapped_unit' : 'unmapped_vat',
    waitsFor: `${type}:${code}`,
    detail: `no mapping for ${type} code ${JSON.stringify(code)}`,
  };
}

function wantsOfStock(row: StockRow, state: BatchState): Wants {
  const missing: Missing[] = [];
  if (!state.liveItems.has(row.sku)) {
    missing.push({ reason: 'item_not_found', waitsFor: `item:${row.sku}`, detail: `no item with SKU ${JSON.stringify(row.sku)}` });
  }
  if (!state.liveWarehouses.has(row.erpWarehouseId)) {
    const detail = `no warehouse with id ${JSON.stringify(row.erpWarehouseId)}`;
    missing.push({ reason: 'warehouse_not_found', waitsFor: `warehouse:${row.erpWarehouseId}`, detail });
  }
  return { missing, mapped: null };
}

/** The codes of these items, each once: what has to be looked up before planning. */
export function codesOf(rows: readonly IncomingRow[]): { type: 'unit' | 'vat' | 'family' | 'subfamily'; code: string }[] {
  const codes = { unit: new Set<string>(), vat: new Set<string>(), family: new Set<string>(), subfamily: new Set<string>() };
  for (const { row } of rows as readonly { row: ItemRow }[]) {
    codes.unit.add(row.erpUnitCode);
    codes.vat.add(row.erpVatCode);
    if (isCode(row.erpFamilyCode)) codes.family.add(row.erpFamilyCode);
    if (isCode(row.erpSubfamilyCode)) codes.subfamily.add(row.erpSubfamilyCode);
  }
  return (['unit', 'vat', 'family', 'subfamily'] as const).flatMap((type) => [...codes[type]].map((code) => ({ type, code })));
}
