import type { Commands, VendorOptions } from './control';
import { ErpServer } from './erp-server';
import { HubList } from './hub-line';
import { Ledger } from './ledger';
import type { Counters } from './records';
import { Vendor } from './vendor';

/** The ERP of one or many vendors, as its process runs it. */
export class Erp implements Commands {
  private readonly ledgerBook: Ledger;
  private readonly hubs = new HubList([]);
  private readonly vendors = new Map<string, Vendor>();
  private readonly server = new ErpServer((vendorId) => this.vendors.get(vendorId));

  constructor(ledgerFile: string) {
    this.ledgerBook = new Ledger(ledgerFile);
  }

  listen(port: number) {
    return this.server.listen(port);
  }

  pauseListening() {
    return this.server.pauseListening();
  }

  setHubs(urls: readonly string[]) {
    this.hubs.urls = urls;
  }

  setVendor(options: VendorOptions) {
    const vendor = this.vendors.get(options.vendorId);
    if (vendor === undefined) this.vendors.set(options.vendorId, new Vendor(options, this.ledgerBook, this.hubs));
    else vendor.configure(options);
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

  counters(vendorId: string | null): Counters {
    const vendors = [...this.vendors].filter(([id]) => vendorId === null || id === vendorId).map(([, vendor]) => vendor);
    const sum = (of: (vendor: Vendor) => number) => vendors.reduce((total, vendor) => total + of(vendor), 0);
    const entries = this.ledger(vendorId);
    const calls = { 'create-order': 0, 'cancel-order': 0, 'order-status': 0 };
    for (const { call } of this.calls(vendorId)) calls[call] += 1;
    return {
      calls,
      created: entries.length,
      cancelled: entries.filter(({ cancelled }) => cancelled).length,
      late: sum(({ desk }) => desk.late),
      callbacks: {
        posted: sum(({ callbacks }) => callbacks.counters.posted),
        taken: sum(({ callbacks }) => callbacks.counters.taken),
        refused: sum(({ callbacks }) => callbacks.counters.refused),
        givenUp: sum(({ callbacks }) => callbacks.counters.givenUp),
      },
      heartbeats: {
        sent: sum(({ heartbeats }) => heartbeats.counters.sent),
        answered: sum(({ heartbeats }) => heartbeats.counters.answered),
      },
    };
  }
}

function ofVendor<T extends { vendorId: string }>(all: readonly T[], vendorId: string | null): readonly T[] {
  return vendorId === null ? all : all.filter((one) => one.vendorId === vendorId);
}
