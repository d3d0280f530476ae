import { randomBytes } from 'node:crypto';

export interface HubAddresses {
  port: number;
  databaseUrl: string;
  redisUrl: string;
}

/** The secrets of one run. */
export interface HubSecrets {
  apiKey: string;
  agentSecret: string;
  outboundSecret: string;
}

export function makeSecrets(): HubSecrets {
  const secret = () => randomBytes(24).toString('hex');
  return { apiKey: secret(), agentSecret: secret(), outboundSecret: secret() };
}

/** One client does in a minute what hundreds of vendors do: the limits that keep those apart would only stop the show. */
const NO_LIMIT = '1000000';
const LIMITS = ['GLOBAL', 'INGEST', 'BATCH', 'AGENT', 'ORDERS', 'ADMIN', 'REGISTER', 'AUTH_FAILURES'];

/** What takes minutes at a vendor takes seconds here, or nobody would stay to see it. */
const HASTE = {
  AGENT_TIMEOUT_MS: '3000',
  BREAKER_RESET_MS: '1000',
  BULLMQ_CONCURRENCY: '20',
  RELAY_INTERVAL_MS: '250',
  SYNC_CALLBACK_TIMEOUT_MS: '2500',
  SYNC_RETRY_BASE_MS: '500',
};

/** What a program needs of the system's environment. Nothing else is handed on: a setting of the user's own would change the demo. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];

/** The whole environment of the hub. */
export function hubEnvironment({ port, databaseUrl, redisUrl }: HubAddresses, secrets: HubSecrets): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return {
    ...(Object.fromEntries(passed) as Record<string, string>),
    NODE_ENV: 'development',
    ROLE: 'all',
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    API_SECRET: secrets.apiKey,
    AGENT_SECRET: secrets.agentSecret,
    OUTBOUND_SECRET: secrets.outboundSecret,
    LOG_PRETTY: 'false',
    ...HASTE,
    ...Object.fromEntries(LIMITS.map((name) => [`RATE_LIMIT_${name}`, NO_LIMIT])),
  };
}
