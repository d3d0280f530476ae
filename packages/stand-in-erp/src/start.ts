import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { VendorOptions } from './control';
import { ErpProcess } from './erp-process';
import type { FaultPlan } from './faults';
import type { CallRecord, Counters, LedgerEntry, PollingMishap, StrayCancel } from './records';

export interface StandInErpOptions {
  /** Hubs that take callbacks and heartbeats, in turn. */
  hubUrls?: readonly string[];
  /** Where polls and replies to calls go; the same hubs when not said. */
  pollUrls?: readonly string[];
  /** Where the ledger is kept. Without it, in a folder of its own that goes with `stop()`. */
  ledgerFile?: string;
  /** Called when the process ends although nobody killed or stopped it here. */
  onUnexpectedEnd?: () => void;
}

/** Starts an ERP in a process of its own, listening on a port of 127.0.0.1. It ends with this process, however that ends. */
export async function startStandInErp(options: StandInErpOptions = {}): Promise<StandInErp> {
  const erp = new StandInErp(options);
  await erp.start();
  return erp;
}

/** The ERP of one or many vendors, seen from the process that started it. */
export class StandInErp {
  private readonly ledgerFile: string;
  private readonly ownFolder: string | undefined;
  private readonly vendors = new Map<string, VendorOptions>();
  private readonly onUnexpectedEnd: (() => void) | undefined;
  private hubUrls: readonly string[];
  private pollUrls: readonly string[];
  private port = 0;
  private run: ErpProcess | undefined;

  constructor({ hubUrls = [], pollUrls = hubUrls, ledgerFile, onUnexpectedEnd }: StandInErpOptions) {
    this.onUnexpectedEnd = onUnexpectedEnd;
    this.hubUrls = hubUrls;
    this.pollUrls = pollUrls;
    this.ownFolder =
      ledgerFile === undefined ? mkdtempSync(path.join(process.env['TEST_RESULTS_DIR'] ?? tmpdir(), 'stand-in-erp-')) : undefined;
    this.ledgerFile = ledgerFile ?? path.join(this.ownFolder ?? '', 'ledger.jsonl');
  }

  /** Starts the process, with the vendors, the ledger and the port that it had. For use after `kill`. */
  async start(): Promise<void> {
    if (this.run !== undefined) throw new Error('the stand-in ERP runs already');
    const run = await ErpProcess.start(this.ledgerFile);
    this.run = run;
    void run.gone.then(() => {
      if (this.run !== run) return;
      this.run = undefined;
      this.onUnexpectedEnd?.();
    });
    await run.call('setHubs', this.hubUrls, this.pollUrls);
    // Before it listens: a vendor that is not there yet would be answered 404.
    for (const vendor of this.vendors.values()) await run.call('setVendor', vendor);
    this.port = await run.call('listen', this.port);
  }

  /** Its process id; undefined while it does not run. */
  get pid(): number | undefined {
    return this.run?.pid;
  }

  /** Where the hub finds this vendor's agent; good before the vendor is added, too. */
  agentUrl(vendorId: string): string {
    return `http://127.0.0.1:${this.port}/${encodeURIComponent(vendorId)}`;
  }

  async addVendor(options: VendorOptions): Promise<{ agentUrl: string }> {
    this.vendors.set(options.vendorId, options);
    await this.running.call('setVendor', options);
    return { agentUrl: this.agentUrl(options.vendorId) };
  }

  /** Changes some options of a vendor: new secrets, another plan, heartbeats on or off. */
  async updateVendor(vendorId: string, changes: Partial<Omit<VendorOptions, 'vendorId'>>): Promise<void> {
    const before = this.vendors.get(vendorId);
    if (before === undefined) throw new Error(`the stand-in ERP has no vendor ${vendorId}`);
    await this.addVendor({ ...before, ...changes });
  }

  setPlan(vendorId: string, plan: FaultPlan): Promise<void> {
    return this.updateVendor(vendorId, { plan });
  }

  async setHubs(urls: readonly string[], pollUrls = urls): Promise<void> {
    this.hubUrls = urls;
    this.pollUrls = pollUrls;
    await this.running.call('setHubs', urls, pollUrls);
  }

  /** Its orders, of one vendor or of all, in the order in which they were created. */
  async ledger(vendorId?: string): Promise<readonly LedgerEntry[]> {
    return this.running.call('ledger', vendorId ?? null);
  }

  /** Cancels of orders that it did not have. */
  async strayCancels(vendorId?: string): Promise<readonly StrayCancel[]> {
    return this.running.call('strayCancels', vendorId ?? null);
  }

  /** Every call that it got, also before it was killed. */
  async calls(vendorId?: string): Promise<readonly CallRecord[]> {
    return this.running.call('calls', vendorId ?? null);
  }

  /** What went wrong with polls and replies as its plans had it, also before it was killed. */
  async mishaps(vendorId?: string): Promise<readonly PollingMishap[]> {
    return this.running.call('mishaps', vendorId ?? null);
  }

  async counters(vendorId?: string): Promise<Counters> {
    return this.running.call('counters', vendorId ?? null);
  }

  /** The agents are down: nothing is listened to, no poll is made, and every such connection is cut. Callbacks go on. */
  async pauseListening(): Promise<void> {
    await this.running.call('pauseListening');
  }

  /** Opens the same port again; those that poll go on to. */
  async resumeListening(): Promise<void> {
    await this.running.call('listen', this.port);
  }

  /** Ends the process, by `kill -9` unless said otherwise, and waits until it is gone; the ledger stays. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { run } = this;
    this.run = undefined;
    await run?.end(signal);
  }

  /** Kills the process when it runs, and starts it again on the same port with the same ledger. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Ends it for good, with the ledger unless that was put somewhere by the caller. */
  async stop(): Promise<void> {
    await this.kill('SIGTERM');
    if (this.ownFolder !== undefined) rmSync(this.ownFolder, { recursive: true, force: true });
  }

  private get running(): ErpProcess {
    if (this.run === undefined) throw new Error('the stand-in ERP does not run');
    return this.run;
  }
}
