import { createHash } from 'node:crypto';
import type { Row } from '@erp-sync-hub/agent-sdk/entity-rows';
import { MemoryStore } from '@erp-sync-hub/agent-sdk/digest/memory-store';

/** Of these rows the unit has no mapping: the hub parks them. */
const UNMAPPED_EVERY = 11;
const START = Date.parse('2026-01-01T00:00:00Z');
const AHEAD_MS = 3_600_000;

export const skuOf = (row: number): string => `K-${row}`;

/** The items of one ERP: what the hub has to hold in the end. They outlive the agent. */
export class ErpRows {
  readonly store = new MemoryStore();
  private readonly skus = new Set<string>();
  private versions = 0;

  constructor(rows: number) {
    for (let row = 0; row < rows; row++) this.change(row);
  }

  /** Changes a row, or has it again. */
  change(row: number): Row {
    const changed = this.made(row, START + ++this.versions * 1_000);
    this.store.put('items', changed);
    this.skus.add(skuOf(row));
    return changed;
  }

  /** What another machine would send that has the row as it was once, by a clock that is ahead. */
  old(row: number): Row {
    return this.made(row, Date.now() + AHEAD_MS, 'old');
  }

  remove(row: number): void {
    this.store.delete('items', skuOf(row));
    this.skus.delete(skuOf(row));
  }

  /** Everything there is at this moment. */
  async all(): Promise<Row[]> {
    return [...(await this.store.rows('items', [...this.skus])).rows];
  }

  private made(row: number, at: number, word = 'version'): Row {
    const name = `${word} ${this.versions}`;
    const contentHash = createHash('sha256').update(`${row} ${name}`).digest('hex').slice(0, 32);
    const erpUnitCode = row % UNMAPPED_EVERY === 0 ? 'BOX' : 'PCE';
    return { sku: skuOf(row), name, contentHash, lastSyncedAt: new Date(at).toISOString(), erpUnitCode, erpVatCode: 'T1' };
  }
}
