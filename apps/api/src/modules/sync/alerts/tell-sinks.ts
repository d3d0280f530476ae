import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { noteTold, readUntold } from '@repo/shared/database/alerts/untold-alerts';
import { DATABASE } from '../../../platform/database/database.module';
import { ALERT_SINKS, SinkError, type AlertSink } from './sinks/alert-sink';

/** The most that one sink is told in one round. */
const MOST_A_ROUND = 20;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;

/** Brings every sink what it was not told yet. One that cannot be told is left alone for a while, and the others are not. */
@Injectable()
export class TellSinks {
  private readonly logger = new Logger('Alerts');
  private readonly pauses = new Map<string, { ms: number; until: number }>();

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(ALERT_SINKS) private readonly sinks: readonly AlertSink[],
  ) {}

  async tellAll(now: number): Promise<void> {
    for (const sink of this.sinks) {
      if (now >= (this.pauses.get(sink.name)?.until ?? 0)) await this.tell(sink, now);
    }
  }

  private async tell(sink: AlertSink, now: number): Promise<void> {
    const untold = await readUntold(this.database.pool, sink.name, MOST_A_ROUND);
    try {
      for (let from = 0; from < untold.length; from += sink.atOnce) {
        const news = untold.slice(from, from + sink.atOnce);
        await sink.send(news);
        await noteTold(this.database.pool, sink.name, news);
      }
      this.pauses.delete(sink.name);
    } catch (error) {
      if (!(error instanceof SinkError)) throw error;
      const ms = Math.min(LONGEST_PAUSE_MS, 2 * (this.pauses.get(sink.name)?.ms ?? FIRST_PAUSE_MS / 2));
      this.pauses.set(sink.name, { ms, until: now + ms });
      this.logger.warn({ sink: sink.name, againInMs: ms }, error.message);
    }
  }
}
