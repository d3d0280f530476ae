/** How a hub under test is set: minutes of delivery pass in seconds, limits are open, and the environment dead-letters nothing. */
export const CHAOS_SETTINGS: Readonly<Record<string, string>> = {
  NODE_ENV: 'test',
  SWAGGER_ENABLED: 'false',
  AGENT_TIMEOUT_MS: '1000',
  BREAKER_WINDOW_MS: '6000',
  BREAKER_RESET_MS: '1000',
  SYNC_RETRY_BASE_MS: '100',
  SYNC_RETRY_MAX_MS: '500',
  SYNC_RETRY_ATTEMPTS: '30',
  SYNC_CALLBACK_TIMEOUT_MS: '1500',
  RELAY_INTERVAL_MS: '400',
  BULLMQ_CONCURRENCY: '20',
  // Runs that drift are about what may be deleted at all, not about how much at once.
  MAX_TOMBSTONE_PERCENT: '100',
  ...Object.fromEntries(
    ['GLOBAL', 'INGEST', 'BATCH', 'AGENT', 'ORDERS', 'ADMIN', 'REGISTER', 'AUTH_FAILURES'].map((name) => [`RATE_LIMIT_${name}`, '1000000']),
  ),
};
