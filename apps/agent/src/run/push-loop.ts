import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import type { Entity } from '@repo/contracts/primitives';
import type { Logger } from 'pino';
import { SourceError } from '../connectors/connector';
import type { Meta } from '../state/meta';
import { explainDeletes } from '../sync/explain-deletes';
import { pushEntity } from '../sync/push-entity';
import { pushEverything, type PushEverythingParts } from '../sync/push-everything';
import type { PushReport } from '../sync/push-report';
import { isDailyDue } from './daily';
import { WakeTimer } from './wake-timer';

export interface PushLoopOptions {
  parts: PushEverythingParts;
  meta: Meta;
  /** In the order in which they are sent: stock refers to items and warehouses. */
  entities: readonly Entity[];
  everyMs: number;
  fullAt: string;
  log: Logger;
  /** For tests. */
  random?: () => number;
}

/** After failures in a row the loop rests longer, up to this. */
const LONGEST_REST_MS = 300_000;

/** Sends what changed again and again, and reads everything once a day. Failures are logged, and the next round tries again. */
export class PushLoop {
  private readonly timer = new WakeTimer();
  private failures = 0;

  constructor(private readonly options: PushLoopOptions) {}

  /** The source has changed: the next round begins now. */
  wake(): void {
    this.timer.wake();
  }

  /** Runs until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { everyMs, random = Math.random } = this.options;
    while (!signal.aborted) {
      const well = await this.round(signal);
      this.failures = well ? 0 : this.failures + 1;
      // A hub that comes back must not meet all agents in step.
      const restMs = well
        ? everyMs * (0.9 + random() * 0.2)
        : Math.min(LONGEST_REST_MS, everyMs * 2 ** Math.min(this.failures, 10)) * random();
      await this.timer.rest(restMs, signal);
    }
  }

  private async round(signal: AbortSignal): Promise<boolean> {
    let well = true;
    for (const entity of this.options.entities) well = (await this.push(entity, signal)) && well;
    return well;
  }

  /** False when it failed, or was cut short. */
  private async push(entity: Entity, signal: AbortSignal): Promise<boolean> {
    const { parts, meta, fullAt, log } = this.options;
    if (signal.aborted) return false;
    const last = meta.read(`last_full_${entity}`);
    const [began, start] = [new Date(), performance.now()];
    const full = isDailyDue(fullAt, last === undefined ? undefined : new Date(last), began);
    try {
      const onBad = (bad: object) => log.warn({ entity, ...bad }, 'a record of the source was left out');
      const options = { signal, onBad };
      const report = full ? await pushEverything(parts, entity, options) : await pushEntity(parts, entity, { full, ...options });
      if (full) meta.write(`last_full_${entity}`, began.toISOString());
      this.tell(report, full, Math.round(performance.now() - start));
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const known = error instanceof HubError || error instanceof SourceError;
      log[known ? 'warn' : 'error']({ entity, full, err: error }, 'push failed: the next round sends what is left');
      return false;
    }
  }

  private tell(report: PushReport, full: boolean, durationMs: number): void {
    const { log } = this.options;
    const { examples, mostExamples: _, ...counts } = report;
    const { entity, deletes } = report;
    const line = { ...counts, full, durationMs };
    if (report.sent > 0 || report.bad > 0 || full) log.info(line, 'push');
    else log.debug(line, 'push');
    if (examples.length > 0) log.warn({ entity, examples }, 'rows that the hub did not take');
    const trouble = explainDeletes(report);
    if (trouble !== undefined) log[deletes?.kind === 'held' ? 'error' : 'warn']({ entity, deletes }, trouble);
  }
}
