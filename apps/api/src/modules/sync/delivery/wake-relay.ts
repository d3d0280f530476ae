import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { DATABASE } from '../../../platform/database/database.module';
import { LocalEventBus } from '../../../platform/events/local-events';

/** The channel that the relay listens to. */
export const JOBS_DUE_CHANNEL = 'sync_jobs_due';

/**
 * Wakes the relay, wherever it is, after jobs were committed or a place in flight became free. Never in the transaction of
 * the change itself: notifying transactions commit one after the other. At most one message is on its way at a time, and
 * one that is lost costs a sweep's interval.
 */
@Injectable()
export class WakeRelay implements OnModuleInit {
  private readonly logger = new Logger('WakeRelay');
  private sending = false;
  private again = false;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly events: LocalEventBus,
  ) {}

  onModuleInit(): void {
    this.events.on('jobs-due', async () => this.wake());
  }

  wake(): void {
    this.again = true;
    if (!this.sending) void this.send();
  }

  private async send(): Promise<void> {
    this.sending = true;
    try {
      while (this.again) {
        this.again = false;
        await this.database.pool.query({ name: 'wake-relay', text: `select pg_notify('${JOBS_DUE_CHANNEL}', '')` });
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'the relay was not woken: its next sweep finds what is due');
    } finally {
      this.sending = false;
    }
  }
}
