import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { runInContext } from '../../../platform/http/request-context';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';
import { RunAttempt, type AttemptReport } from './attempt/run-attempt';
import { DeliveryLatency } from './delivery-latency';
import { ORDER_SYNC, OrderSyncPayload } from './order-sync.queue';
import { WakeRelay } from './wake-relay';

/** Takes jobs from the queue `order-sync`. Whatever happens to an entry of the queue, the job itself is in PostgreSQL. */
@Processor(ORDER_SYNC, { autorun: false })
export class OrderSyncProcessor extends WorkerHost implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('OrderSync');
  private away = false;

  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    private readonly attempts: RunAttempt,
    private readonly relay: WakeRelay,
    private readonly metrics: HubMetrics,
    private readonly latency: DeliveryLatency,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.settings.BULLMQ_CONCURRENCY;
    this.worker.run().catch((error: unknown) => this.logger.error({ err: error }, 'the worker ended'));
  }

  /** Waits for the tries that are under way; their calls are cut when they take too long. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.close();
  }

  async process(entry: Job<unknown>): Promise<void> {
    const payload = OrderSyncPayload.parse(entry.data);
    try {
      const context = { correlationId: payload.jobId, vendorId: payload.vendorId, fields: {} };
      const report = await runInContext(context, () => this.attempts.run(payload));
      if (report !== undefined) this.tell(report);
    } finally {
      // A place of this vendor is free, or its job has to be looked at again.
      this.relay.wake();
    }
  }

  @OnWorkerEvent('failed')
  onFailed(entry: Job<unknown> | undefined, error: Error): void {
    this.logger.error({ err: error, queueId: entry?.id }, 'a try broke down: a sweep takes its job up again');
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

  private tell({ job, asked, sent, decision, counted, durationMs }: AttemptReport): void {
    const outcome = decision.do === 'complete' ? 'completed' : decision.do === 'await_callback' ? 'accepted' : decision.fault;
    this.metrics.jobAttempts.inc({ operation: job.operation, outcome });
    // A call that was withdrawn never reached the agent.
    if (sent && job.attempt === 1 && decision.do !== 'wait') this.latency.sent(job, durationMs);
    if (decision.do === 'complete' && counted) this.latency.confirmed(job);
    const { vendorId, jobId, orderId, operation, attempt, correlationId } = job;
    const line = {
      vendorId,
      jobId,
      orderId,
      operation,
      attempt,
      correlationId,
      asked,
      sent,
      outcome,
      next: decision.do,
      counted,
      durationMs,
    };
    // Not the message: it may hold what the agent said, which is for the dead letter, not for the log.
    if (decision.do === 'dead_letter' || decision.do === 'hold_vendor') this.logger.warn(line, 'try');
    else this.logger.log(line, 'try');
  }
}
