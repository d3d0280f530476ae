import { getItem } from '@repo/contracts/operations/read-operations';
import type { Verdict } from '@repo/contracts/verdicts';
import { sealRow } from '@repo/contracts/content-hash';
import type { ItemRow, MappingEntry } from '@repo/sample-data/rows';
import type { Ending } from '@repo/terminal/ending';
import { expectThat } from '../failures';
import type { HubClient } from '../hub/hub-client';
import { outcomeOf, type Outcome } from '../push/tally';
import type { Terminal } from '@repo/terminal/terminal';
import type { VendorSession } from '../vendor-session';
import { Exhibit } from './exhibit';

/** What the hub promises for a few parked rows once what they wait for is there. */
const REPLAYED_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 20;

export interface StageProps {
  hub: HubClient;
  /** The header of an operator. */
  admin: Record<string, string>;
  vendor: VendorSession;
  /** An item that is stored: what is sent here is made from it. */
  template: ItemRow;
  mappings: readonly MappingEntry[];
  terminal: Terminal;
  ending: Ending;
}

/** Where one exhibit after the other is shown, on top of a vendor's catalogue. */
export class Stage {
  readonly hub: HubClient;
  readonly admin: Record<string, string>;
  readonly vendor: VendorSession;
  readonly template: ItemRow;

  constructor(private readonly props: StageProps) {
    this.hub = props.hub;
    this.admin = props.admin;
    this.vendor = props.vendor;
    this.template = props.template;
  }

  exhibit(verdict: string, meaning: string): Exhibit {
    return new Exhibit(this.props.terminal, verdict, meaning);
  }

  /** An item that is not in the catalogue, synced now unless the changes say otherwise. */
  item(sku: string, changes: Partial<ItemRow> = {}): ItemRow {
    const fresh = { sku, erpId: null, barcode: null, slug: null, lastSyncedAt: this.time(0) };
    return sealRow({ ...this.template, ...fresh, ...changes });
  }

  /** The time in so many milliseconds, as rows write it. */
  time(inMs: number): string {
    return new Date(Date.now() + inMs).toISOString();
  }

  /** Pushes items in one request and checks what becomes of each. */
  async pushItems(rows: readonly ItemRow[], promised: readonly Outcome[]): Promise<Verdict[]> {
    const verdicts = await this.vendor.push('items', rows);
    const outcomes = verdicts.map(outcomeOf);
    expectThat(
      outcomes.join() === promised.join(),
      `${rows.map(({ sku }) => JSON.stringify(sku)).join(', ')}: ${promised.join(', ')}`,
      verdicts,
    );
    return verdicts;
  }

  /** The item as the hub has it; null while it has none. */
  readItem(sku: string) {
    return this.hub.callIfThere(getItem, { headers: this.admin, params: { vendorId: this.vendor.vendorId, sku } });
  }

  /** Checks that the hub has exactly this row, and gives it back as the hub shows it. */
  async expectStored(row: ItemRow) {
    const stored = await this.readItem(row.sku);
    const exact = stored !== null && stored.sku === row.sku && stored.name === row.name && stored.contentHash === row.contentHash;
    expectThat(exact, `${JSON.stringify(row.sku)} is stored as it was sent`, stored);
    return stored;
  }

  /** Looks again and again until something is there, and says after how many milliseconds it was. */
  async untilReplayed<T>(what: string, look: () => Promise<T | null>): Promise<{ found: T; ms: number }> {
    const start = performance.now();
    for (;;) {
      const found = await look();
      const ms = performance.now() - start;
      if (found !== null) return { found, ms };
      expectThat(ms < REPLAYED_WITHIN_MS, `${what} is replayed by itself within ${REPLAYED_WITHIN_MS / 1000} s`, 'it still waits');
      await this.props.ending.pause(LOOK_EVERY_MS);
    }
  }

  /** The first of some codes that this vendor has not mapped. */
  unmapped(mappingType: MappingEntry['mappingType'], candidates: readonly string[]): string {
    const mapped = new Set(this.props.mappings.filter((entry) => entry.mappingType === mappingType).map(({ erpCode }) => erpCode));
    const free = candidates.find((code) => !mapped.has(code));
    expectThat(free !== undefined, `one of the codes ${candidates.join(', ')} is not mapped yet`, 'all are');
    return free;
  }
}
