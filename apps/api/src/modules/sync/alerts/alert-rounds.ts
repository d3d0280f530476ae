import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Leader } from '../../../platform/leader/leader';
import { Lifecycle } from '../../../platform/lifecycle/lifecycle';
import { TellSinks } from './tell-sinks';
import { TrackConditions } from './track-conditions';
import { WatchConditions } from './watch-conditions';

const ROUND_MS = 5_000;

/** On the leader, never beside itself: look at what has no schedule of its own, then tell whoever has to know of anything. */
@Injectable()
export class AlertRounds {
  private readonly logger = new Logger('Alerts');
  private busy = false;

  constructor(
    private readonly leader: Leader,
    private readonly lifecycle: Lifecycle,
    private readonly conditions: WatchConditions,
    private readonly track: TrackConditions,
    private readonly sinks: TellSinks,
  ) {}

  @Interval(ROUND_MS)
  async round(): Promise<void> {
    if (!this.leader.leads || this.lifecycle.shuttingDown || this.busy) return;
    this.busy = true;
    try {
      for (const look of this.conditions.others()) await this.track.look(look);
      await this.track.clearMomentary();
      await this.sinks.tellAll(Date.now());
    } catch (error) {
      this.logger.error({ err: error }, 'a round of alerts failed: the next one tries again');
    } finally {
      this.busy = false;
    }
  }
}
