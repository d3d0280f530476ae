import type { AlertNews } from '@repo/shared/database/alerts/untold-alerts';

/** Somebody who is told of alerts. */
export interface AlertSink {
  /** Short and never changed: what was told is remembered under it. */
  readonly name: string;
  /** How much news it takes at once. */
  readonly atOnce: number;
  /** @throws SinkError when it cannot be told now; the same news is brought again later, and may have arrived */
  send(news: readonly AlertNews[]): Promise<void>;
}

/** Injection token of the configured {@link AlertSink}s. */
export const ALERT_SINKS = Symbol('ALERT_SINKS');

/** A sink could not be told. Says neither its address nor what it answered. */
export class SinkError extends Error {
  constructor(sink: string, why: string, options?: ErrorOptions) {
    super(`${sink} could not be told: ${why}`, options);
    this.name = 'SinkError';
  }
}
