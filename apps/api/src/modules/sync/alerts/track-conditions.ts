import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { clearAlerts, clearOldAlerts, raiseAlerts, type Alert, type Condition } from '@repo/shared/database/alerts/track-alerts';
import { DATABASE } from '../../../platform/database/database.module';
import { MOMENTARY, severityOf } from './alert-kinds';
import type { Look } from './watch-conditions';

const MOMENTARY_S = 3_600;

/** Keeps one open alert a condition, in PostgreSQL, and says in the log what has come and what has gone. */
@Injectable()
export class TrackConditions {
  private readonly logger = new Logger('Alerts');

  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Raises what is there, clears what is gone. A look that fails changes nothing. */
  async look({ kinds, read }: Look): Promise<void> {
    let seen: Condition[];
    try {
      seen = await read();
    } catch (error) {
      this.logger.debug({ err: error, kinds }, 'conditions could not be looked at');
      return;
    }
    this.tell(await raiseAlerts(this.database.pool, seen));
    this.tell(await clearAlerts(this.database.pool, kinds, seen));
  }

  async clearMomentary(): Promise<void> {
    this.tell(await clearOldAlerts(this.database.pool, MOMENTARY, MOMENTARY_S));
  }

  private tell(alerts: readonly Alert[]): void {
    for (const { id, kind, vendorId, detail, clearedAt } of alerts) {
      const line = { alert: kind, alertId: id, ...(vendorId === null ? {} : { vendorId }) };
      if (clearedAt !== null) this.logger.log(line, `cleared: ${detail}`);
      else if (severityOf(kind) === 'critical') this.logger.error(line, detail);
      else this.logger.warn(line, detail);
    }
  }
}
