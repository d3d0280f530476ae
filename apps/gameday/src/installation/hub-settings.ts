import { randomBytes } from 'node:crypto';

/** Keys and secrets of one game day. */
export interface GamedaySecrets {
  /** Of a shop: scope `orders`. */
  shopKey: string;
  metricsToken: string;
  /** That alerts are signed with. */
  webhookSecret: string;
}

export function makeSecrets(): GamedaySecrets {
  return {
    shopKey: randomBytes(24).toString('hex'),
    metricsToken: randomBytes(24).toString('hex'),
    webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
  };
}

const LIMITS = ['GLOBAL', 'INGEST', 'BATCH', 'AGENT', 'ORDERS', 'ADMIN', 'REGISTER', 'AUTH_FAILURES'];

/**
 * A hub as in production, but for time and limits: what takes minutes there takes seconds here, and limits are open, since all
 * vendors of a game day come from one address.
 */
export function hubSettings({ shopKey, metricsToken, webhookSecret }: GamedaySecrets, webhookUrl: string): Record<string, string> {
  return {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    MIGRATE_ON_BOOT: 'true',
    API_KEYS: `gameday-shop:orders:${shopKey}`,
    METRICS_TOKEN: metricsToken,
    ALERT_WEBHOOK_URL: webhookUrl,
    ALERT_WEBHOOK_SECRET: webhookSecret,
    AGENT_URL_ALLOW: '127.0.0.1',
    AGENT_TIMEOUT_MS: '5000',
    BREAKER_WINDOW_MS: '60000',
    BREAKER_RESET_MS: '5000',
    // Four calls at once to a vendor, not one: a spike is one of orders, not of waiting.
    BULLMQ_CONCURRENCY: '20',
    SYNC_RETRY_BASE_MS: '1000',
    SYNC_RETRY_MAX_MS: '10000',
    SYNC_RETRY_ATTEMPTS: '10',
    SYNC_CALLBACK_TIMEOUT_MS: '15000',
    // Above one heartbeat that is lost: simulated agents beat every 16 to 24 s.
    AGENT_DEGRADED_AFTER_S: '30',
    AGENT_OFFLINE_AFTER_S: '60',
    ALERT_ORDER_AGE_S: '45',
    SCHEDULE_AGENT_HEALTH: '*/5 * * * * *',
    SCHEDULE_DLQ_ALERT: '*/5 * * * * *',
    ...Object.fromEntries(LIMITS.map((name) => [`RATE_LIMIT_${name}`, '1000000'])),
  };
}
