import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Database } from '@repo/shared/database/connect';
import { claimTick, finishRun, interruptOthers, noteFirstSeen, readLastTick } from '@repo/shared/database/schedules/schedule-runs';
import { Histogram } from 'prom-client';
import { DATABASE } from '../../../../platform/database/database.module';
import { Leader } from '../../../../platform/leader/leader';
import { Lifecycle } from '../../../../platform/lifecycle/lifecycle';
import { HubMetrics } from '../../../../platform/metrics/hub-metrics';
import { Ticks } from './due-tick';
import { ScheduledWorks, type ScheduledWork } from './scheduled-works';

const LOOK_MS = 1_000;

/** One schedule as this leader sees it. */
interface Schedule {
  work: ScheduledWork;
  ticks: Ticks;
  /** Its next tick; undefined until the database was asked. */
  next: Date | undefined;
  busy: boolean;
}

/** On the leader: does each work once a tick, over all instances and restarts; a tick that was missed is made up once. */
@Injectable()
export class RunSchedules {
  private readonly logger = new Logger('Schedules');
  private readonly instance = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  private readonly schedules: Schedule[];
  private readonly duration: Histogram<'schedule' | 'outcome'>;
  private leads = false;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly leader: Leader,
    private readonly lifecycle: Lifecycle,
    works: ScheduledWorks,
    metrics: HubMetrics,
  ) {
    this.schedules = works.all.map((work) => ({ work, ticks: new Ticks(work.cron), next: undefined, busy: false }));
    this.duration = new Histogram({
      name: 'schedule_run_seconds',
      help: 'Duration of scheduled work, by outcome',
      labelNames: ['schedule', 'outcome'] as const,
      buckets: [0.01, 0.1, 0.5, 1, 5, 30, 60, 300, 1_800, 3_600],
      registers: [metrics.registry],
    });
  }

  @Interval(LOOK_MS)
  async look(): Promise<void> {
    if (!this.leader.leads || this.lifecycle.shuttingDown) {
      this.leads = false;
      return;
    }
    try {
      if (!this.leads) await this.beginToLead();
      await Promise.all(this.schedules.map((schedule) => this.runIfDue(schedule)));
    } catch (error) {
      this.logger.warn({ err: error }, 'schedules could not be looked at');
    }
  }

  private async beginToLead(): Promise<void> {
    const names = this.schedules.map(({ work }) => work.name);
    await noteFirstSeen(this.database.pool, names, new Date(), this.instance);
    const interrupted = await interruptOthers(this.database.pool, this.instance);
    if (interrupted > 0) this.logger.warn({ interrupted }, 'scheduled work of another instance was interrupted');
    for (const schedule of this.schedules) schedule.next = undefined;
    this.leads = true;
  }

  private async runIfDue(schedule: Schedule): Promise<void> {
    const now = new Date();
    if (schedule.busy || (schedule.next !== undefined && now < schedule.next)) return;
    schedule.busy = true;
    try {
      const { name } = schedule.work;
      const last = (await readLastTick(this.database.pool, name)) ?? now;
      const due = schedule.ticks.due(last, now);
      if (due !== undefined) {
        const id = await claimTick(this.database.pool, name, due, this.instance);
        if (id !== undefined) await this.run(schedule.work, id);
      }
      schedule.next = schedule.ticks.after(due ?? now);
    } finally {
      schedule.busy = false;
    }
  }

  private async run({ name, run }: ScheduledWork, id: string): Promise<void> {
    const started = performance.now();
    let failure: unknown;
    try {
      await run();
    } catch (error) {
      failure = error;
      this.logger.error({ err: error, schedule: name }, 'scheduled work failed');
    }
    // What the end of this process cut off is done again by whoever leads next.
    if (failure !== undefined && this.lifecycle.shuttingDown) return;
    const outcome = failure === undefined ? 'succeeded' : 'failed';
    this.duration.observe({ schedule: name, outcome }, (performance.now() - started) / 1000);
    // The class of the error only: what it says may hold data.
    await finishRun(this.database.pool, id, this.instance, outcome, failure instanceof Error ? failure.name : null);
  }
}
