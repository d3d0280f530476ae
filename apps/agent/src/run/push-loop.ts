import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import type { Entity } from '@repo/contracts/primitives';
import type { Logger } from 'pino';
import { SourceError } from '../connectors/connector';
import type { Meta } from '../state/meta';
import { pushEntity, type PushParts } from '../sync/push-entity';
import { isDailyDue } from './daily';
import { WakeTimer } from './wake-timer';

export interface PushLoopOptions {
  parts: PushParts;
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
    const { meta, fullAt, entities } = this.options;
    const last = meta.read('last_full');
    const full = isDailyDue(fullAt, last === undefined ? undefined : new Date(last), new Date());
    const began = new Date();
    let well = true;
    for (const entity of entities) well = (await this.push(entity, full, signal)) && well;
    if (full && well) meta.write('last_full', began.toISOString());
    return well;
  }

  /** False when it failed, or was cut short. */
  private async push(entity: Entity, full: boolean, signal: AbortSignal): Promise<boolean> {
    const { parts, log } = this.options;
    if (signal.aborted) return false;
    const began = performance.now();
    try {
      const onBad = (bad: object) => log.warn({ entity, ...bad }, 'a record of the source was left out');
      const { examples, mostExamples: _, ...report } = await pushEntity(parts, entity, { full, signal, onBad });
      const line = { ...report, full, durationMs: Math.round(performance.now() - began) };
      if (report.sent > 0 || report.bad > 0 || full) log.info(line, 'push');
      else log.debug(line, 'push');
      if (examples.length > 0) log.warn({ entity, examples }, 'rows that the hub did not take');
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const known = error instanceof HubError || error instanceof SourceError;
      log[known ? 'warn' : 'error']({ entity, full, err: error }, 'push failed: the next round sends what is left');
      return false;
    }
  }
}
