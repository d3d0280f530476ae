import { CronTime } from 'cron';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** When a cron expression ticks, in UTC. */
export class Ticks {
  private readonly time: CronTime;

  constructor(expression: string) {
    this.time = new CronTime(expression, 'UTC');
  }

  /** The first tick after a moment. */
  after(moment: Date): Date {
    return this.time.getNextDateFrom(moment, 'UTC').toJSDate();
  }

  /** The last tick after `last` that is not after `now`: of many that were missed, one is made up. Undefined when none is due. */
  due(last: Date, now: Date): Date | undefined {
    // Not from the beginning where much was missed: the last hour, then the last day will mostly do.
    const starts = [HOUR_MS, DAY_MS].map((ms) => new Date(now.getTime() - ms)).filter((start) => start > last);
    for (const start of [...starts, last]) {
      let found: Date | undefined;
      for (let next = this.after(start); next <= now; next = this.after(next)) found = next;
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
