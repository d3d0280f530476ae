import type { Commands, VendorOptions } from './control';
import { ErpServer } from './erp-server';
import { HubList } from './hub-list';
import { Ledger } from './ledger';
import type { Counters } from './records';
import { Vendor } from './vendor';

/** The ERP of one or many vendors, as its process runs it. */
export class Erp implements Commands {
  private readonly ledgerBook: Ledger;
  private readonly hubs = { posts: new HubList([]), polls: new HubList([]) };
  private readonly vendors = new Map<string, Vendor>();
  private readonly server = new ErpServer((vendorId) => this.vendors.get(vendorId));
  private isOpen = false;

  constructor(ledgerFile: string) {
    this.ledgerBook = new Ledger(ledgerFile);
  }

  async listen(port: number) {
    const opened = await this.server.listen(port);
    this.isOpen = true;
    for (const vendor of this.vendors.values()) vendor.open();
    return opened;
  }

  async pauseListening() {
    this.isOpen = false;
    for (const vendor of this.vendors.values()) vendor.close();
    await this.server.pauseListening();
  }

  setHubs(urls: readonly string[], pollUrls: readonly string[]) {
    this.hubs.posts.urls = urls;
    this.hubs.polls.urls = pollUrls;
  }

  setVendor(options: VendorOptions) {
    const known = this.vendors.get(options.vendorId);
    if (known !== undefined) {
      known.configure(options);
      return;
    }
    const vendor = new Vendor(options, this.ledgerBook, this.hubs);
    this.vendors.set(options.vendorId, vendor);
    if (this.isOpen) vendor.open();
  }

  ledger(vendorId: string | null) {
    return ofVendor(this.ledgerBook.entries, vendorId);
  }

  strayCancels(vendorId: string | null) {
    return ofVendor(this.ledgerBook.strayCancels, vendorId);
  }

  calls(vendorId: string | null) {
    return ofVendor(this.ledgerBook.calls, vendorId);
  }

  mishaps(vendorId: string | null) {
    return ofVendor(this.ledgerBook.mishaps, vendorId);
  }

  counters(vendorId: string | null): Counters {
    const vendors = [...this.vendors].filter(([id]) => vendorId === null || id === vendorId).map(([, vendor]) => vendor);
    const entries = this.ledger(vendorId);
    const calls = { 'create-order': 0, 'cancel-order': 0, 'order-status': 0 };
    for (const { call } of this.calls(vendorId)) calls[call] += 1;
    return {
      calls,
      created: entries.length,
      cancelled: entries.filter(({ cancelled }) => cancelled).length,
      late: vendors.reduce((total, { answerer }) => total + answerer.late, 0),
      callbacks: sum(
        { posted: 0, taken: 0, refused: 0, givenUp: 0 },
        vendors.map(({ callbacks }) => callbacks.counters),
      ),
      heartbeats: sum(
        { sent: 0, answered: 0 },
        vendors.map(({ pulse }) => pulse.counters),
      ),
      polls: sum(
        { sent: 0, answered: 0, calls: 0, lost: 0, cut: 0 },
        vendors.map(({ polling }) => polling.counters),
      ),
      replies: sum(
        { posted: 0, taken: 0, late: 0, refused: 0, givenUp: 0 },
        vendors.map(({ polling }) => polling.replies.counters),
      ),
    };
  }
}

function ofVendor<T extends { vendorId: string }>(all: readonly T[], vendorId: string | null): readonly T[] {
  return vendorId === null ? all : all.filter((one) => one.vendorId === vendorId);
}

/** Sums counters by their names. */
function sum<T extends Record<keyof T, number>>(none: T, all: readonly T[]): T {
  const total = { ...none };
  for (const one of all) for (const name of Object.keys(none) as (keyof T)[]) total[name] = (total[name] + one[name]) as T[keyof T];
  return total;
}
