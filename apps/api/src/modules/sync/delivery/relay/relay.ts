import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { isDatabaseUnavailable } from '@repo/shared/database/database-errors';
import { SETTINGS, type HubSettings } from '../../../../config/settings';
import { Leader } from '../../../../platform/leader/leader';
import { Lifecycle } from '../../../../platform/lifecycle/lifecycle';
import { BreakerChanges } from '../../breaker/breaker-changes';
import { RetryDeadLetters } from '../dead-letters/retry-dead-letters';
import { JOBS_DUE_CHANNEL } from '../wake-relay';
import { OfferToQueue } from './offer-to-queue';
import { TakeUpOverdue } from './take-up-overdue';

/** Rounds of offers begin at least this far apart: under load one round serves many commits. */
const LEAST_GAP_MS = 5;

/**
 * Decides what is offered to the queue. One process leads; the others stand by. It is woken after commits, and sweeps by
 * itself for what is due by time, and for whatever was lost on the way.
 */
@Injectable()
export class Relay implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Relay');
  private offering = false;
  private wanted = false;
  private lastOffer = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    private readonly leader: Leader,
    private readonly lifecycle: Lifecycle,
    private readonly queue: OfferToQueue,
    private readonly overdue: TakeUpOverdue,
    private readonly deadLetters: RetryDeadLetters,
    private readonly breakers: BreakerChanges,
  ) {}

  onApplicationBootstrap(): void {
    this.leader.listen(JOBS_DUE_CHANNEL, () => this.offerSoon());
    this.leader.onLead(() => void this.sweep());
    this.breakers.onChange(({ to }) => {
      if (to === 'closed') void this.release();
    });
    this.scheduleSweep();
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  /** Offers what is due, once now and once more when it is asked for meanwhile. */
  private offerSoon(): void {
    this.wanted = true;
    if (!this.offering) void this.offer();
  }

  private async offer(): Promise<void> {
    this.offering = true;
    try {
      while (this.wanted && this.active) {
        const pause = this.lastOffer + LEAST_GAP_MS - performance.now();
        if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
        this.wanted = false;
        this.lastOffer = performance.now();
        await this.part('offer', () => this.queue.offerDue());
      }
    } finally {
      this.offering = false;
    }
  }

  /** What was held may go: nobody waits for the sweep. */
  private async release(): Promise<void> {
    await this.part('hold and release', () => this.overdue.holdAndRelease());
    this.offerSoon();
  }

  private scheduleSweep(): void {
    this.timer = setTimeout(() => {
      void this.sweep().finally(() => {
        if (!this.lifecycle.shuttingDown) this.scheduleSweep();
      });
    }, this.settings.RELAY_INTERVAL_MS);
    this.timer.unref();
  }

  private async sweep(): Promise<void> {
    await this.part('hold and release', () => this.overdue.holdAndRelease());
    await this.part('expired leases', () => this.overdue.expiredLeases());
    await this.part('lost by the queue', () => this.overdue.lostByQueue());
    await this.part('missed callbacks', () => this.overdue.missedCallbacks());
    await this.part('expired', () => this.overdue.expired());
    await this.part('deregistered', () => this.overdue.ofDeregistered());
    await this.part('successors', () => this.overdue.successors());
    await this.part('marked dead letters', () => this.deadLetters.workOff());
    this.offerSoon();
  }

  private get active(): boolean {
    return this.leader.leads && !this.lifecycle.shuttingDown;
  }

  /** One part of the work; a failure is logged, does not stop the others, and the next sweep tries again. */
  private async part(name: string, work: () => Promise<unknown>): Promise<void> {
    if (!this.active) return;
    try {
      await work();
    } catch (error) {
      if (isDatabaseUnavailable(error)) this.logger.warn({ err: error, part: name }, 'PostgreSQL is away: the next sweep tries again');
      else this.logger.error({ err: error, part: name }, 'a part of the relay failed');
    }
  }
}
