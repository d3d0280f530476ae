import type { VendorOptions } from '../../src/control';
import type { Counters, CallRecord, LedgerEntry } from '../../src/records';
import { startStandInErp, type StandInErp } from '../../src/start';
import { SECRETS } from './call-headers';
import { startPolledHub, type PolledHub } from './polled-hub';

/** One ERP for a file of tests, and for each test a hub and a vendor of its own. */
export interface PolledErp {
  readonly erp: StandInErp;
  readonly hub: PolledHub;
  readonly vendorId: string;
  /** Adds the vendor of this test: it polls, and sends no heartbeats. */
  addVendor(options?: Partial<VendorOptions>): Promise<unknown>;
  /** What the ERP has and did of this vendor. */
  ledger(): Promise<readonly LedgerEntry[]>;
  calls(): Promise<readonly CallRecord[]>;
  counters(): Promise<Counters>;
}

/** To be called at the top of a file. */
export function usePolledErp(): PolledErp {
  let erp: StandInErp;
  let hub: PolledHub;
  let number = 0;
  const vendorId = () => `vendor-${number}`;
  beforeAll(async () => {
    erp = await startStandInErp();
  });
  beforeEach(async () => {
    number += 1;
    hub = await startPolledHub();
    await erp.setHubs([hub.url]);
  });
  afterEach(async () => {
    await erp.updateVendor(vendorId(), { transport: 'push', heartbeatMs: 0 });
    await hub.stop();
  });
  afterAll(() => erp.stop());
  return {
    get erp() {
      return erp;
    },
    get hub() {
      return hub;
    },
    get vendorId() {
      return vendorId();
    },
    addVendor: (options = {}) =>
      erp.addVendor({ vendorId: vendorId(), token: 'agent-token', ...SECRETS, transport: 'pull', heartbeatMs: 0, ...options }),
    ledger: () => erp.ledger(vendorId()),
    calls: () => erp.calls(vendorId()),
    counters: () => erp.counters(vendorId()),
  };
}
