import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { runInContext } from '../../../platform/http/request-context';
import { ReconciliationPayload, RECONCILIATION } from './reconciliation.queue';
import { RUN_POLICY, type RunPolicy } from './run/run-policy';
import { RunReconciliation } from './run/run-reconciliation';
import { OfferRuns } from './start/offer-runs';

/** Takes runs from the queue `reconciliation`. */
@Processor(RECONCILIATION, { autorun: false })
export class ReconciliationProcessor extends WorkerHost implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Reconciliation');
  private away = false;

  constructor(
    @Inject(RUN_POLICY) private readonly policy: RunPolicy,
    private readonly runs: RunReconciliation,
    private readonly offers: OfferRuns,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.policy.concurrency;
    this.worker.run().catch((error: unknown) => this.logger.error({ err: error }, 'the worker ended'));
  }

  /** Runs stop at their next step and are given back; their calls are cut when they take too long. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.close();
  }

  async process(entry: Job<unknown>): Promise<void> {
    const run = ReconciliationPayload.parse(entry.data);
    try {
      await runInContext({ correlationId: run.runId, vendorId: run.vendorId, fields: {} }, () => this.runs.run(run));
    } finally {
      // The vendor's next run, or the one that was asked for while this one was under way.
      await this.offers.offerOf(run.vendorId);
    }
  }

  @OnWorkerEvent('failed')
  onFailed(entry: Job<unknown> | undefined, error: Error): void {
    this.logger.error({ err: error, queueId: entry?.id }, 'a run broke down: it is begun again when its lease has ended');
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    if (!this.away) this.logger.warn(`the queue cannot be reached: ${error.message}`);
    this.away = true;
  }

  @OnWorkerEvent('ready')
  onReady(): void {
    this.away = false;
  }
}
