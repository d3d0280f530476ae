import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AgentProcess } from '@repo/chaos-kit/installation/agent-process';

/** Above one that the export makes of its own: fewer than `MAX_TOMBSTONE_PERCENT` could be deleted. */
const ITEMS = 200;
const ARTICLES = 'ARTICLES.csv';
const HEADING = 'sku;name;unit;vat';
/** Number and job of an order. */
const ORDER_FILE = /^order-(.+)_[0-9a-f-]{36}\.csv$/;

/** A vendor with `erp-agent` on the files of its ERP, as the guide has it: articles come from a file, orders become files. */
export class FileVendor {
  readonly items = ITEMS;
  private readonly agent: AgentProcess;
  private readonly exports: string;

  constructor(
    folder: string,
    readonly vendorId: string,
    private readonly hubUrl: string,
  ) {
    this.exports = path.join(folder, 'files', 'export');
    mkdirSync(this.exports, { recursive: true });
    this.agent = new AgentProcess(path.join(folder, 'files'));
  }

  /** Writes the export, registers, sends everything, and goes on until it is stopped. */
  async start(code: string): Promise<void> {
    this.restore();
    this.write('STOCKS.csv', ['sku;warehouse;stock;available;reserved', ...skus().map((sku) => `${sku};D1;10;10;0`)]);
    this.write('DEPOTS.csv', ['id;code;name', 'D1;D1;Dépôt 1']);
    const given = { hub: this.hubUrl, vendor: this.vendorId, erp: 'CSV files', folder: 'export', code };
    await this.succeed('init', ...Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]));
    await this.succeed('push', '--full');
    this.agent.start();
  }

  /** The export comes out with its heading and nothing else. */
  empty(): void {
    this.write(ARTICLES, [HEADING]);
  }

  restore(): void {
    this.write(ARTICLES, [HEADING, ...skus().map((sku) => `${sku};${nameOf(sku)};PCE;T1`)]);
  }

  /** `erp-agent push --full`, by hand: the agent that runs is stopped for it. */
  async pushEverything(): Promise<{ code: number | null; output: string }> {
    await this.stop();
    try {
      return await this.agent.command('push', '--entity', 'items', '--full');
    } finally {
      this.agent.start();
    }
  }

  /** What the file says of each article, by its number. */
  names(): Map<string, string> {
    return new Map(skus().map((sku) => [sku, nameOf(sku)]));
  }

  /** The numbers of all orders that are files, each as often as it is one. */
  orderFiles(): string[] {
    const files = readdirSync(path.join(this.exports, 'orders'), { recursive: true, encoding: 'utf8' });
    return files.flatMap((name) => ORDER_FILE.exec(path.basename(name))?.[1] ?? []);
  }

  async stop(): Promise<void> {
    if (this.agent.runs) await this.agent.end('SIGTERM');
  }

  private async succeed(...args: string[]): Promise<void> {
    const { code, output } = await this.agent.command(...args);
    if (code !== 0) throw new Error(`erp-agent ${args[0]} gave ${code}: ${output}`);
  }

  /** Appears at once and whole. */
  private write(name: string, lines: readonly string[]): void {
    const file = path.join(this.exports, name);
    writeFileSync(`${file}.new`, `${lines.join('\n')}\n`);
    renameSync(`${file}.new`, file);
  }
}

const skus = () => Array.from({ length: ITEMS }, (_, at) => `A-${at}`);
const nameOf = (sku: string) => `Article ${sku}`;
