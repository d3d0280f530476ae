import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { SETTINGS, type HubSettings } from '../../../../../config/settings';
import { LocalEventBus } from '../../../../../platform/events/local-events';
import { REDIS } from '../../../../../platform/redis/redis.module';

const KEY = 'hub:pull:polling';
/** How long the longest poll lasts, with room to come back. */
const LEAST_MEMORY_MS = 35_000;
/** Room to come back for an agent that worked on a call until its deadline. */
const ROOM_MS = 5_000;

// Forgets an agent, unless it has been heard of since.
const FORGET = `
  local heard = redis.call('zscore', KEYS[1], ARGV[1])
  if heard and tonumber(heard) < tonumber(ARGV[2]) then redis.call('zrem', KEYS[1], ARGV[1]) end`;

/**
 * Which agents poll, over all instances. A hint for the relay: an agent that is taken to poll and does not costs a call that
 * is withdrawn, one that is taken not to costs nothing, and counts again with its next poll.
 */
@Injectable()
export class PollingAgents {
  private readonly logger = new Logger('PollingAgents');
  private readonly memoryMs: number;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(SETTINGS) settings: HubSettings,
    private readonly events: LocalEventBus,
  ) {
    this.memoryMs = Math.max(LEAST_MEMORY_MS, settings.AGENT_TIMEOUT_MS + ROOM_MS);
  }

  /** Notes that this vendor's agent polls. Its jobs go on at once when it had been away. */
  async heard(vendorId: string): Promise<void> {
    const added = await this.redis.zadd(KEY, Date.now(), vendorId);
    if (added === 1) this.events.emit('jobs-due', { vendorId });
  }

  /** Takes it that this vendor's agent does not poll any more, unless it was heard of after `sinceMs` (milliseconds since 1970). */
  async unheardSince(vendorId: string, sinceMs: number): Promise<void> {
    await this.redis.eval(FORGET, 1, KEY, vendorId, String(sinceMs));
  }

  /** Vendors whose agents poll now; null when that cannot be known, as while Redis is away. */
  async read(): Promise<string[] | null> {
    if (this.redis.status !== 'ready') return null;
    try {
      const [, polling] = await Promise.all([
        this.redis.zremrangebyscore(KEY, '-inf', Date.now() - this.memoryMs),
        this.redis.zrange(KEY, '0', '-1'),
      ]);
      return polling;
    } catch (error) {
      this.logger.debug({ err: error }, 'who polls is not known: Redis is away');
      return null;
    }
  }
}
