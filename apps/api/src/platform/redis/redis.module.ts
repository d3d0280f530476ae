import { Global, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { SETTINGS, type HubSettings } from '../../config/settings';
import { INVALIDATIONS, RedisInvalidations } from './invalidations';

/** Injection token of the connection for commands. Commands fail at once while Redis is away: nothing may wait for it. */
export const REDIS = Symbol('REDIS');
/** Injection token of the connection that only listens. */
export const REDIS_SUBSCRIBER = Symbol('REDIS_SUBSCRIBER');

/** The longest that any command may take. */
const COMMAND_TIMEOUT_MS = 1_000;

function connect(settings: HubSettings, name: string, forCommands: boolean): Redis {
  const logger = new Logger(`Redis ${name}`);
  const redis = new Redis(settings.REDIS_URL, {
    connectionName: `hub-${name}`,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // Whoever listens subscribes again at every `ready`. What the driver does by itself nobody waits for: a connection that is
    // lost again before the answer would end the process.
    autoResubscribe: false,
    connectTimeout: 3_000,
    ...(forCommands ? { commandTimeout: COMMAND_TIMEOUT_MS } : {}),
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
  });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) logger.warn(`connection lost: ${error.message}`);
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.log('connection is back');
    away = false;
  });
  return redis;
}

/** Redis: two connections, and what instances tell one another. */
@Global()
@Module({
  providers: [
    { provide: REDIS, inject: [SETTINGS], useFactory: (settings: HubSettings) => connect(settings, 'commands', true) },
    { provide: REDIS_SUBSCRIBER, inject: [SETTINGS], useFactory: (settings: HubSettings) => connect(settings, 'subscriber', false) },
    {
      provide: INVALIDATIONS,
      inject: [REDIS, REDIS_SUBSCRIBER],
      useFactory: (commands: Redis, subscriber: Redis) => new RedisInvalidations(commands, subscriber),
    },
  ],
  exports: [REDIS, REDIS_SUBSCRIBER, INVALIDATIONS],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(
    @Inject(REDIS) private readonly commands: Redis,
    @Inject(REDIS_SUBSCRIBER) private readonly subscriber: Redis,
  ) {}

  onApplicationShutdown(): void {
    this.subscriber.disconnect();
    this.commands.disconnect();
  }
}
