import { Injectable } from '@nestjs/common';
import type { Entity } from '@repo/contracts/primitives';
import type { RunOutcome } from '@repo/shared/database/reconciliation/run-lease';
import { Counter } from 'prom-client';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';
import type { Tally } from './run/tally';

/** How comparisons end, and what they change. */
@Injectable()
export class ReconciliationMetrics {
  private readonly runs: Counter<'entity' | 'outcome'>;
  private readonly rows: Counter<'entity' | 'change'>;

  constructor({ registry }: HubMetrics) {
    this.runs = new Counter({
      name: 'sync_reconciliation_runs_total',
      help: 'Comparisons with agents, by entity and outcome',
      labelNames: ['entity', 'outcome'] as const,
      registers: [registry],
    });
    this.rows = new Counter({
      name: 'sync_reconciliation_rows_total',
      help: 'Rows that comparisons brought in step, or could not: written, parked, deleted, refused, moved',
      labelNames: ['entity', 'change'] as const,
      registers: [registry],
    });
  }

  ended(entity: Entity, outcome: RunOutcome, rows: Tally['rows']): void {
    this.runs.inc({ entity, outcome });
    for (const change of ['written', 'parked', 'deleted', 'refused', 'moved'] as const) {
      if (rows[change] > 0) this.rows.inc({ entity, change }, rows[change]);
    }
  }
}
