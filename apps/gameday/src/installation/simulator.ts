import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AgentProcess } from '@repo/chaos-kit/installation/agent-process';

/** What `erp-agent simulate --json` says at its end, as far as it is used here. */
export interface SimulatorReport {
  equal: boolean;
  ordersPlaced: number;
  ordersInErps: number;
  ordersLost: number;
  ordersDoubled: number;
  ordersDiffering: number;
  rows: number;
  rowsDiffering: number;
  changes: number;
  rowsSent: number;
  settleSeconds: number;
  differing: { vendorId: string; count: number; examples: string[] }[];
}

export interface SimulatorOptions {
  /** Also the name of its log. */
  name: string;
  hubUrl: string;
  vendors: number;
  items: number;
  /** Rows that change a second. */
  changeRate: number;
  /** Orders a second. */
  orderRate: number;
  seed: string;
  transport: 'pull' | 'push';
  /** Far longer than the game day lasts: it is told when to end. */
  forSeconds: number;
  /** Keys, by the names of the environment that it reads. */
  keys: Record<string, string>;
  /** A file of enrolment codes, where no key may ask for one. */
  codes?: string;
}

const SETTLE_S = 180;

/** `erp-agent simulate` in a process of its own: vendors that know the public contract and nothing else. */
export class Simulator {
  private readonly process: AgentProcess;
  readonly vendorIds: readonly string[];

  constructor(
    folder: string,
    private readonly options: SimulatorOptions,
  ) {
    const { name, vendors, seed, keys } = options;
    const own = path.join(folder, name);
    mkdirSync(own, { recursive: true });
    this.process = new AgentProcess(own, keys);
    this.vendorIds = Array.from({ length: vendors }, (_, at) => `sim-${seed}-${String(at + 1).padStart(3, '0')}`);
  }

  get name(): string {
    return this.options.name;
  }

  start(): void {
    const { hubUrl, vendors, items, changeRate, orderRate, seed, transport, forSeconds, codes } = this.options;
    const values = {
      hub: hubUrl,
      vendors,
      items,
      'change-rate': changeRate,
      orders: Math.round(orderRate * forSeconds),
      seed,
      transport,
      for: forSeconds,
      settle: SETTLE_S,
      ...(codes === undefined ? {} : { codes }),
    };
    this.process.start('simulate', '--json', ...Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]));
  }

  /** Whether everything of its ERPs was sent, and rows change now. @throws Error when it has ended by itself */
  isLoaded(): boolean {
    if (!this.process.runs) throw new Error(`${this.name} ended by itself: ${this.process.log().slice(-2_000)}`);
    return this.process.log().includes('changes and orders begin');
  }

  /** Nothing changes any more; what is under way settles, both sides are compared. @throws Error when it says nothing */
  async finish(): Promise<SimulatorReport> {
    await this.process.end('SIGINT');
    const lines = this.process.log().trimEnd().split('\n');
    const line = lines.findLast((text) => text.startsWith('{'));
    if (line === undefined) throw new Error(`simulator ${this.name} made no report; its last words: ${lines.slice(-3).join(' | ')}`);
    return JSON.parse(line) as SimulatorReport;
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    if (this.process.runs) await this.process.end('SIGKILL');
  }
}
