import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { isDatabaseUnavailable } from '@repo/shared/database/database-errors';
import { Leader } from '../../../../platform/leader/leader';
import { Lifecycle } from '../../../../platform/lifecycle/lifecycle';
import { OfferRuns } from './offer-runs';

const SWEEP_MS = 2_000;

/** On the leader: no open run is forgotten. */
@Injectable()
export class SweepRuns {
  private readonly logger = new Logger('Reconciliation');
  private busy = false;

  constructor(
    private readonly leader: Leader,
    private readonly lifecycle: Lifecycle,
    private readonly offers: OfferRuns,
  ) {}

  @Interval(SWEEP_MS)
  async sweep(): Promise<void> {
    if (this.busy || !this.leader.leads || this.lifecycle.shuttingDown) return;
    this.busy = true;
    try {
      await this.offers.offerAll();
    } catch (error) {
      if (isDatabaseUnavailable(error)) this.logger.warn({ err: error }, 'PostgreSQL is away: the next sweep tries again');
      else this.logger.error({ err: error }, 'open runs could not be offered');
    } finally {
      this.busy = false;
    }
  }
}
