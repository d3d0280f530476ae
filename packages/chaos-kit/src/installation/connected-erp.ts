import type { VendorOptions } from '@repo/stand-in-erp/control';
import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import { pauseProcesses, resumeProcesses } from './signals';
import { TcpLine } from './tcp-line';

/**
 * An ERP of some vendors behind lines that can be broken: one from the hub to it, and two to each hub that serves, for polls
 * with their replies, and for callbacks with heartbeats.
 */
export class ConnectedErp {
  private constructor(
    readonly name: string,
    readonly erp: StandInErp,
    readonly line: TcpLine,
    readonly pollLines: readonly TcpLine[],
    readonly callbackLines: readonly TcpLine[],
  ) {}

  /** `hubPorts`: the hubs that take callbacks and polls. */
  static async start(name: string, hubPorts: readonly number[]): Promise<ConnectedErp> {
    const erp = await startStandInErp();
    const erpPort = Number(new URL(erp.agentUrl('any')).port);
    const line = await TcpLine.to(() => erpPort);
    const toHubs = () => Promise.all(hubPorts.map((port) => TcpLine.to(() => port)));
    const [pollLines, callbackLines] = [await toHubs(), await toHubs()];
    const urls = (lines: readonly TcpLine[]) => lines.map(({ url }) => url);
    await erp.setHubs(urls(callbackLines), urls(pollLines));
    return new ConnectedErp(name, erp, line, pollLines, callbackLines);
  }

  /** Where the hub finds the agent of a vendor. */
  agentUrl(vendorId: string): string {
    return `${this.line.url}/${encodeURIComponent(vendorId)}`;
  }

  async addVendor(options: VendorOptions): Promise<void> {
    await this.erp.addVendor(options);
  }

  pause(): void {
    if (this.erp.pid !== undefined) pauseProcesses([this.erp.pid]);
  }

  resume(): void {
    if (this.erp.pid !== undefined) resumeProcesses([this.erp.pid]);
  }

  /** Opens the lines, and starts the ERP when it is down. */
  async heal(): Promise<void> {
    this.resume();
    if (this.erp.pid === undefined) await this.erp.start();
    for (const line of this.lines) await line.set({ kind: 'open' });
  }

  async stop(): Promise<void> {
    this.resume();
    await this.erp.stop();
    await Promise.all(this.lines.map((line) => line.close()));
  }

  private get lines(): readonly TcpLine[] {
    return [this.line, ...this.pollLines, ...this.callbackLines];
  }
}
