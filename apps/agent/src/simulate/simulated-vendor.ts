import { CallAnswerer } from '@erp-sync-hub/agent-sdk/answer/answer-call';
import { joinHandlers } from '@erp-sync-hub/agent-sdk/answer/agent-handler';
import type { OutboundSecrets } from '@erp-sync-hub/agent-sdk/answer/check-trust';
import { PollLoop } from '@erp-sync-hub/agent-sdk/answer/poll-loop';
import { Heartbeats } from '@erp-sync-hub/agent-sdk/client/heartbeats';
import { answerReconciliation } from '@erp-sync-hub/agent-sdk/digest/answer-reconciliation';
import { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import { ExactlyOnceOrders } from '@erp-sync-hub/agent-sdk/orders/exactly-once-orders';
import { MemoryLedger } from '@erp-sync-hub/agent-sdk/orders/memory-ledger';
import { FaultDraws } from './draw-faults';
import { lossyFetch } from './lossy-fetch';
import { pushChanges, pushSnapshots, type PushCounts } from './push-changes';
import { rest } from './rest';
import { SeededRandom } from './seeded-random';
import { SimulatedOrders } from './simulated-orders';
import { SimulatedRows } from './simulated-rows';
import { SimulatedStore } from './simulated-store';
import type { SimulationOptions } from './simulation-options';
import { SnapshotTurns } from './snapshot-turns';

export interface VendorSecrets extends OutboundSecrets {
  token: string;
}

const PUSH_EVERY_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;
const IN_FLIGHT_MS = 3_500;
/** A push of a few rows that took this long had to wait for the hub. */
const AWAY_MS = 5_000;

/** One vendor: an ERP in memory, and an agent of the SDK beside it. */
export class SimulatedVendor {
  readonly rows: SimulatedRows;
  readonly orders: SimulatedOrders;
  readonly faults: FaultDraws;
  readonly counts: PushCounts & { errors: number } = { sent: 0, refused: 0, snapshots: 0, deleted: 0, errors: 0 };
  /** For a listener; answers 503 until the vendor runs. */
  readonly answerer: CallAnswerer;
  private readonly client: HubClient;
  private readonly desk: ExactlyOnceOrders;
  private readonly poll: PollLoop | undefined;
  private readonly heartbeats: Heartbeats;
  private readonly store: SimulatedStore;
  private readonly ending = new AbortController();
  private readonly turns: SnapshotTurns;
  private pushing: Promise<void> = Promise.resolve();

  constructor(
    readonly vendorId: string,
    secrets: VendorSecrets,
    { hubUrl, items, faults, faultRate, seed, transport, heartbeatEvery }: SimulationOptions,
  ) {
    const random = new SeededRandom(`${seed}/${vendorId}`);
    this.rows = new SimulatedRows(items, random.fork('rows'));
    this.faults = new FaultDraws(faults, faultRate, random.fork('faults'));
    this.orders = new SimulatedOrders(vendorId, this.faults);
    const credentials = () => ({ vendorId, token: secrets.token });
    this.client = new HubClient({ baseUrl: hubUrl, credentials, fetch: lossyFetch(this.faults) });
    const { client } = this;
    this.store = new SimulatedStore(this.rows, client.clock);
    this.turns = new SnapshotTurns(random.fork('snapshots').next, performance.now());
    const onError = () => void (this.counts.errors += 1);
    this.desk = new ExactlyOnceOrders({
      ledger: new MemoryLedger(),
      erp: this.orders,
      client,
      onError,
      inFlightMs: IN_FLIGHT_MS,
      followEveryMs: IN_FLIGHT_MS / 2,
    });
    this.answerer = new CallAnswerer({
      handler: joinHandlers(this.desk, answerReconciliation(this.store)),
      secrets: () => [secrets],
      clock: client.clock,
      onTrouble: onError,
    });
    const say = () => ({ version: 'simulated', digests: this.store.roots() });
    this.heartbeats = new Heartbeats({ client, say, everyMs: heartbeatEvery * 1_000, onError });
    if (transport === 'pull') this.poll = new PollLoop({ client, answerer: this.answerer, clock: client.clock, onError });
  }

  async start(): Promise<void> {
    await this.heartbeats.start();
    this.desk.start();
    this.poll?.start();
    this.pushing = this.pushUntil(this.ending.signal);
  }

  /** Nothing goes wrong any more, and what is gone is not waited with. */
  settle(): void {
    this.faults.stop();
    this.turns.settle();
  }

  async stop(): Promise<void> {
    this.ending.abort(new Error('the simulation ends'));
    await this.poll?.stop({ withinMs: 2_000 });
    await this.desk.stop({ withinMs: 2_000 });
    await this.heartbeats.stop();
    await this.pushing;
  }

  private async pushUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.push(signal);
      // A pause has an occasion a second, the others one a call.
      if (this.faults.happens('pause', 0.5)) await this.beAway(signal);
      await rest(PUSH_EVERY_MS * (0.8 + Math.random() * 0.4), signal);
    }
  }

  /** What the hub did not take is sent the next time. */
  private async push(signal: AbortSignal): Promise<void> {
    const began = performance.now();
    try {
      const push = { client: this.client, erp: this.rows, counts: this.counts, signal };
      await pushChanges(push);
      this.store.isLoaded ||= this.rows.dirtyCount() === 0;
      if (performance.now() - began > AWAY_MS) this.turns.wasAway(performance.now());
      if (this.turns.take(performance.now())) await pushSnapshots(push);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof HubError)) throw error;
      this.counts.errors += 1;
      if (this.client.awayMs() > 0) this.turns.wasAway(performance.now());
    }
  }

  /** Neither rows nor polls; what was fetched is finished. */
  private async beAway(signal: AbortSignal): Promise<void> {
    await this.poll?.stop();
    await rest(this.faults.measure('pause') * LONGEST_PAUSE_MS, signal);
    if (!signal.aborted) this.poll?.start();
  }
}
