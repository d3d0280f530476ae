import { Inject, Injectable } from '@nestjs/common';
import type { RetentionDays } from '@repo/shared/database/retention/retention-steps';
import { SETTINGS, type HubSettings } from '../../../../config/settings';
import { TrackConditions } from '../../alerts/track-conditions';
import { WatchConditions } from '../../alerts/watch-conditions';
import { RequestReconciliation } from '../../reconciliation/start/request-reconciliation';
import { CleanUp, nothing } from '../retention/clean-up';

/** A clean-up that is not done by then goes on at its next tick. */
const CLEAN_UP_MS = 3_600_000;

/** A clean-up that was not done in its time, or when the process ended. */
export class CleanUpUnfinished extends Error {
  override readonly name = 'CleanUpUnfinished';
}

/** What is done at which ticks. */
export interface ScheduledWork {
  /** Never changed: what ran is remembered under it. */
  name: string;
  cron: string;
  /** May be done twice. */
  run: () => Promise<unknown>;
}

/** Every schedule of the hub. */
@Injectable()
export class ScheduledWorks {
  readonly all: readonly ScheduledWork[];

  constructor(
    @Inject(SETTINGS) settings: HubSettings,
    reconciliation: RequestReconciliation,
    cleanUp: CleanUp,
    conditions: WatchConditions,
    track: TrackConditions,
  ) {
    const clean = async (...kinds: (keyof RetentionDays)[]) => {
      if (!(await cleanUp.run(CLEAN_UP_MS, nothing(), kinds))) throw new CleanUpUnfinished('there is more to remove');
    };
    this.all = [
      { name: 'drift', cron: settings.SCHEDULE_DRIFT, run: () => reconciliation.triggerDue() },
      { name: 'agent_health', cron: settings.SCHEDULE_AGENT_HEALTH, run: () => track.look(conditions.ofAgents()) },
      { name: 'dlq_alert', cron: settings.SCHEDULE_DLQ_ALERT, run: () => track.look(conditions.ofDeadLetters()) },
      { name: 'jobs', cron: settings.SCHEDULE_JOBS, run: () => clean('jobs') },
      { name: 'events', cron: settings.SCHEDULE_EVENTS, run: () => clean('events', 'audit', 'parked', 'tombstones') },
      { name: 'dlq_cleanup', cron: settings.SCHEDULE_DLQ_CLEANUP, run: () => clean('deadLetters', 'jobs') },
    ];
  }
}
