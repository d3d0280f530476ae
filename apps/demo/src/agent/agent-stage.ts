import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createEnrolment } from '@repo/contracts/operations/admin-agent-operations';
import { getOrder, placeOrder } from '@repo/contracts/operations/order-operations';
import { dataFolder } from '@repo/dev-stack/project-root';
import type { MappingEntry } from '@repo/sample-data/rows';
import type { Ending } from '@repo/terminal/ending';
import type { Terminal } from '@repo/terminal/terminal';
import { expectThat } from '../failures';
import type { HubClient } from '../hub/hub-client';
import type { Hub } from '../hub/hub-process';
import { seedVendor } from '../vendor-session';
import { AgentProcess } from './agent-process';

const LOOK_EVERY_MS = 100;
const WITHIN_MS = 60_000;

/** What everything about `erp-agent` is shown with. */
export interface StageParts {
  hub: Hub;
  client: HubClient;
  terminal: Terminal;
  ending: Ending;
  /** Takes what stops the agent, before anything is begun. */
  onStop: (stop: () => Promise<void>) => void;
}

/** `erp-agent` of one vendor, in a process and a folder of its own. */
export class AgentStage {
  readonly folder: string;
  readonly agent: AgentProcess;
  /** Of somebody who may read and order. */
  readonly headers: Record<string, string>;

  constructor(
    readonly parts: StageParts,
    readonly vendorId: string,
  ) {
    this.folder = mkdtempSync(path.join(dataFolder(), 'demo-agent-'));
    this.agent = new AgentProcess(this.folder);
    this.headers = { 'x-api-key': parts.hub.secrets.apiKey };
    parts.onStop(async () => {
      await this.agent.stop();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** `erp-agent init`, by a code of the operator's, who has also mapped the vendor's codes. */
  async enrol(exportFolder: string, mappings: readonly MappingEntry[]): Promise<void> {
    const { hub, client, terminal } = this.parts;
    await seedVendor(client, hub.secrets.apiKey, this.vendorId, mappings);
    const { code } = await client.call(createEnrolment, { headers: this.headers, params: { vendorId: this.vendorId } });
    await terminal.step(
      'erp-agent init',
      () => this.agent.init({ hub: hub.url, vendor: this.vendorId, folder: exportFolder, code }),
      () => 'with an enrolment code',
    );
  }

  /** An order for this article is confirmed, and a file in this folder of the agent's. */
  async showOrder(sku: string, ordersFolder: string): Promise<void> {
    await this.parts.terminal.step(
      'An order',
      () => this.order(sku, path.join(this.folder, ordersFolder)),
      (file) => `is confirmed, and a file: ${file}`,
    );
  }

  /** Gives how long it took, in milliseconds. */
  async until(promise: string, look: () => Promise<boolean>): Promise<number> {
    const start = performance.now();
    while (!(await look())) {
      expectThat(performance.now() - start < WITHIN_MS, `${promise} within ${WITHIN_MS / 1000} s`, 'it is not');
      await this.parts.ending.pause(LOOK_EVERY_MS);
    }
    return performance.now() - start;
  }

  private async order(sku: string, folder: string): Promise<string> {
    const { client } = this.parts;
    const lines = [{ sku, quantity: '2', unitPrice: '4.35' }];
    const { id } = await client.call(placeOrder, {
      headers: this.headers,
      body: { vendorId: this.vendorId, orderNumber: 'FILE-1', erpCustomerCode: 'C1', lines },
    });
    const statusOf = async () => (await client.call(getOrder, { headers: this.headers, params: { id } })).erp.status;
    await this.until('the order is confirmed', async () => (await statusOf()) === 'confirmed');
    const files = readdirSync(folder).filter((name) => name.endsWith('.csv'));
    expectThat(files.length === 1 && files[0]?.includes('FILE-1') === true, 'the order is in the ERP as one file', files);
    return files[0] ?? '';
  }
}

/** A file as it is best named from where the demo was started. */
export const shown = (file: string) => path.relative(process.cwd(), file);
