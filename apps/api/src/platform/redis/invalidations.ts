import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';

/** What can be told: one topic a cache. */
export type InvalidationTopic = 'agents' | 'mappings';

/**
 * Tells every instance, this one included, to drop what it remembers of a key. A help for speed of effect only: every
 * cache must also be right, a little later, when a message is lost. After a lost connection every key is dropped.
 */
export interface Invalidations {
  /** Tells all instances; the handlers of this process have run when it returns. Never throws. */
  publish(topic: InvalidationTopic, key: string): Promise<void>;
  /** `drop(key)` for each message; `drop(undefined)` when messages may have been missed: drop everything. */
  subscribe(topic: InvalidationTopic, drop: (key: string | undefined) => void): void;
}

/** Injection token of {@link Invalidations}. */
export const INVALIDATIONS = Symbol('INVALIDATIONS');

const CHANNEL = 'hub:invalidate';

export class RedisInvalidations implements Invalidations {
  private readonly logger = new Logger('Invalidations');
  private readonly handlers = new Map<InvalidationTopic, ((key: string | undefined) => void)[]>();

  constructor(
    private readonly commands: Redis,
    subscriber: Redis,
  ) {
    subscriber.on('ready', () => {
      subscriber.subscribe(CHANNEL).then(
        () => this.dropAll(),
        (error: Error) => this.logger.warn(`cannot listen: ${error.message}`),
      );
    });
    subscriber.on('message', (channel: string, message: string) => {
      if (channel !== CHANNEL) return;
      const { topic, key } = JSON.parse(message) as { topic: InvalidationTopic; key: string };
      this.drop(topic, key);
    });
  }

  async publish(topic: InvalidationTopic, key: string): Promise<void> {
    this.drop(topic, key);
    try {
      await this.commands.publish(CHANNEL, JSON.stringify({ topic, key }));
    } catch (error) {
      this.logger.warn(
        `not told to other instances, which notice by themselves: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  subscribe(topic: InvalidationTopic, drop: (key: string | undefined) => void): void {
    this.handlers.set(topic, [...(this.handlers.get(topic) ?? []), drop]);
  }

  private drop(topic: InvalidationTopic, key: string | undefined): void {
    for (const handler of this.handlers.get(topic) ?? []) handler(key);
  }

  private dropAll(): void {
    for (const topic of this.handlers.keys()) this.drop(topic, undefined);
  }
}
