import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { cleanParked, countDueParked } from '@repo/shared/database/retention/clean-parked';
import { cleanTable, countDue } from '@repo/shared/database/retention/clean-table';
import { CLEANED_TABLES, RETENTION_STEPS, type RetentionDays } from '@repo/shared/database/retention/retention-steps';
import { SETTINGS, type HubSettings } from '../../../../config/settings';
import { DATABASE } from '../../../../platform/database/database.module';
import { Lifecycle } from '../../../../platform/lifecycle/lifecycle';

/** The most rows of one statement. */
const BATCH = 5_000;

/** Rows by table; every table that is cleaned is named. */
export type Removed = Record<string, number>;

/** Removes what is kept no longer, batch by batch; two at once share the work. */
@Injectable()
export class CleanUp {
  private readonly days: RetentionDays;

  constructor(
    @Inject(SETTINGS) settings: HubSettings,
    @Inject(DATABASE) private readonly database: Database,
    private readonly lifecycle: Lifecycle,
  ) {
    this.days = {
      jobs: settings.RETENTION_JOBS_DAYS,
      deadLetters: settings.RETENTION_DEAD_LETTERS_DAYS,
      events: settings.RETENTION_EVENTS_DAYS,
      audit: settings.RETENTION_AUDIT_DAYS,
      parked: settings.RETENTION_PARKED_DAYS,
      tombstones: settings.RETENTION_TOMBSTONES_DAYS,
    };
  }

  /** What would be removed now. A job whose dead letter would go first is not counted. */
  async count(): Promise<Removed> {
    const { pool } = this.database;
    const removed = nothing();
    for (const step of RETENTION_STEPS) add(removed, await countDue(pool, step, this.days[step.kept]));
    add(removed, { parked_rows: await countDueParked(pool, this.days.parked) });
    return removed;
  }

  /**
   * Removes what is due, and counts it in `removed` as it goes. False when `withinMs` was over, or the process is ending, before
   * nothing was due any more. `kinds`: only of these.
   */
  async run(withinMs: number, removed: Removed = nothing(), kinds?: readonly (keyof RetentionDays)[]): Promise<boolean> {
    const { pool } = this.database;
    const until = Date.now() + withinMs;
    const wanted = (kind: keyof RetentionDays) => kinds?.includes(kind) ?? true;
    const goesOn = () => Date.now() < until && !this.lifecycle.shuttingDown;
    for (const step of RETENTION_STEPS.filter(({ kept }) => wanted(kept))) {
      for (let more = true; more;) {
        if (!goesOn()) return false;
        const batch = await cleanTable(pool, step, this.days[step.kept], BATCH);
        add(removed, batch);
        more = batch[step.table] === BATCH;
      }
    }
    for (let more = wanted('parked'); more;) {
      if (!goesOn()) return false;
      const parked = await cleanParked(pool, this.days.parked, BATCH);
      add(removed, { parked_rows: parked });
      more = parked > 0;
    }
    return true;
  }
}

/** No row of any table. */
export const nothing = (): Removed => Object.fromEntries(CLEANED_TABLES.map((table) => [table, 0]));

function add(removed: Removed, batch: Partial<Record<string, number>>): void {
  for (const [table, rows = 0] of Object.entries(batch)) removed[table] = (removed[table] ?? 0) + rows;
}
