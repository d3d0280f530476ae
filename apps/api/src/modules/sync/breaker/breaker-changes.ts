import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { LocalEventBus } from '../../../platform/events/local-events';
import { REDIS, REDIS_SUBSCRIBER } from '../../../platform/redis/redis.module';
import { API_TYPES, BREAKER_STATES, type BreakerId, type BreakerState } from './breaker-policy';

const CHANNEL = 'hub:breakers';

/** A breaker that is not any more what it was. */
export interface BreakerChange extends BreakerId {
  from: BreakerState;
  to: BreakerState;
  openUntil: Date | null;
  failures: number;
  calls: number;
}

const Message = z.object({
  source: z.string(),
  vendorId: z.string(),
  apiType: z.enum(API_TYPES),
  from: z.enum(BREAKER_STATES),
  to: z.enum(BREAKER_STATES),
  openUntil: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .nullable(),
  failures: z.int(),
  calls: z.int(),
});

/**
 * Tells of breakers that changed: once in the log and on the event bus, where it happened, and to every process. A help for
 * speed only: who acts on it must also be right, a little later, when a message is lost.
 */
@Injectable()
export class BreakerChanges {
  private readonly logger = new Logger('Breakers');
  private readonly source = randomUUID();
  private readonly handlers: ((change: BreakerChange) => void)[] = [];

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(REDIS_SUBSCRIBER) private readonly subscriber: Redis,
    private readonly events: LocalEventBus,
  ) {
    subscriber.on('ready', () => void this.subscribe());
    if (subscriber.status === 'ready') void this.subscribe();
    subscriber.on('message', (channel: string, message: string) => {
      if (channel === CHANNEL) this.hear(message);
    });
  }

  /** Calls `handle` for every change, wherever it happened. */
  onChange(handle: (change: BreakerChange) => void): void {
    this.handlers.push(handle);
  }

  /** Tells of a change that this process made. Never rejects. */
  async tell(change: BreakerChange): Promise<void> {
    if (change.to === 'open') this.logger.warn({ ...change }, 'a breaker opened');
    else this.logger.log({ ...change }, change.to === 'closed' ? 'a breaker closed' : 'a breaker lets one call try');
    this.events.emit('breaker-changed', change);
    this.handle(change);
    try {
      await this.redis.publish(CHANNEL, JSON.stringify({ ...change, source: this.source }));
    } catch (error) {
      this.logger.debug({ err: error }, 'not told to other instances, which notice by themselves');
    }
  }

  private hear(text: string): void {
    const message = Message.safeParse(JSON.parse(text));
    if (!message.success) return;
    const { source, ...change } = message.data;
    if (source !== this.source) this.handle(change);
  }

  private handle(change: BreakerChange): void {
    for (const handler of this.handlers) handler(change);
  }

  private async subscribe(): Promise<void> {
    try {
      await this.subscriber.subscribe(CHANNEL);
    } catch (error) {
      // The connection is gone again: its next `ready` comes here.
      this.logger.debug({ err: error }, 'cannot listen for breakers');
    }
  }
}
