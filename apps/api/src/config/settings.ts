import { readFileSync } from 'node:fs';
import { CronTime, validateCronExpression } from 'cron';
import { z } from 'zod';
import { namedKeys } from './named-keys';
import { allowedHosts, origins, trustedProxies } from './network-lists';

const wholeNumber = (fallback: number, most = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^\d+$/, { error: 'takes a whole number' })
    .transform(Number)
    .pipe(
      z
        .number()
        .min(1, { error: 'takes a whole number of at least 1' })
        .max(most, { error: `takes a whole number up to ${most}` }),
    )
    .default(fallback);
const flag = z.enum(['true', 'false'], { error: 'takes true or false' }).transform((value) => value === 'true');
/** Not so for the 30th of February. */
function everTicks(expression: string): boolean {
  try {
    new CronTime(expression, 'UTC').getNextDateFrom(new Date(), 'UTC');
    return true;
  } catch {
    return false;
  }
}

const cron = (fallback: string) =>
  z
    .string()
    .refine((value) => validateCronExpression(value).valid && everTicks(value), {
      error: 'takes a cron expression of five fields, or six with seconds, whose time comes',
    })
    .default(fallback);
const secret = (least: number) => z.string().min(least, { error: `takes at least ${least} characters` });
const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `takes a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
const megabytes = (fallback: number) =>
  z
    .string()
    .regex(/^\d+( ?(mb|kb|b))?$/i, { error: 'takes a size in bytes, or with a unit: 5242880, 512kb, 5mb' })
    .transform(readSize)
    .pipe(z.number().min(1, { error: 'takes a size of at least 1 byte' }))
    .default(fallback * 1024 * 1024);

function readSize(value: string): number {
  const unit = /mb$/i.test(value) ? 1024 * 1024 : /kb$/i.test(value) ? 1024 : 1;
  return Number.parseInt(value, 10) * unit;
}

/** As Standard Webhooks write a secret of 24 to 64 bytes. */
const SIGNING_SECRET = /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

const development = (environment: string) => environment !== 'production';

const Settings = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production'], { error: 'takes development, test or production' }).default('development'),
  ROLE: z.enum(['all', 'api', 'worker', 'scheduler'], { error: 'takes all, api, worker or scheduler' }).default('all'),
  HOST: z.string().min(1).optional(),
  PORT: z
    .string()
    .regex(/^\d+$/, { error: 'takes a port number' })
    .transform(Number)
    .pipe(z.number().max(65_535, { error: 'takes a port number up to 65535 (0: any free one)' }))
    .default(3000),
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  DB_POOL_SIZE: wholeNumber(10),
  MIGRATE_ON_BOOT: flag.optional(),
  REDIS_URL: url('redis:', 'rediss:').optional(),
  API_SECRET: secret(32).optional(),
  API_KEYS: namedKeys.default([]),
  AGENT_SECRET: secret(16).optional(),
  OUTBOUND_SECRET: secret(32).optional(),
  BULLMQ_CONCURRENCY: wholeNumber(5, 20),
  BULLMQ_PREFIX: z.string().min(1).default('{sync}'),
  VENDOR_MAX_IN_FLIGHT: wholeNumber(4),
  RELAY_INTERVAL_MS: wholeNumber(1000),
  SYNC_RETRY_ATTEMPTS: wholeNumber(5),
  SYNC_RETRY_BASE_MS: wholeNumber(60_000),
  SYNC_RETRY_MAX_MS: wholeNumber(3_600_000),
  SYNC_EXPIRES_S: wholeNumber(604_800),
  SYNC_CALLBACK_TIMEOUT_MS: wholeNumber(900_000),
  AGENT_TIMEOUT_MS: wholeNumber(30_000),
  BREAKER_ERROR_PERCENT: wholeNumber(50, 100),
  BREAKER_VOLUME: wholeNumber(5),
  BREAKER_RESET_MS: wholeNumber(60_000),
  BREAKER_WINDOW_MS: wholeNumber(180_000),
  AGENT_DEGRADED_AFTER_S: wholeNumber(60),
  AGENT_OFFLINE_AFTER_S: wholeNumber(300),
  AGENT_URL_ALLOW: allowedHosts.optional(),
  MAX_TOMBSTONE_PERCENT: wholeNumber(20, 100),
  RATE_LIMIT_GLOBAL: wholeNumber(120),
  RATE_LIMIT_INGEST: wholeNumber(60),
  RATE_LIMIT_BATCH: wholeNumber(10),
  RATE_LIMIT_AGENT: wholeNumber(600),
  RATE_LIMIT_ORDERS: wholeNumber(600),
  RATE_LIMIT_ADMIN: wholeNumber(120),
  RATE_LIMIT_REGISTER: wholeNumber(10),
  RATE_LIMIT_AUTH_FAILURES: wholeNumber(20),
  BODY_LIMIT_INCREMENTAL: megabytes(5),
  BODY_LIMIT_BATCH: megabytes(10),
  TRUST_PROXY: trustedProxies.default([]),
  CORS_ORIGINS: origins.default([]),
  SWAGGER_ENABLED: flag.optional(),
  SLACK_WEBHOOK_URL: url('https:', 'http:').optional(),
  ALERT_WEBHOOK_URL: url('https:', 'http:').optional(),
  ALERT_WEBHOOK_SECRET: z.string().regex(SIGNING_SECRET, { error: 'takes whsec_ and the base64 of 24 to 64 bytes' }).optional(),
  ALERT_ORDER_AGE_S: wholeNumber(1800),
  METRICS_TOKEN: z.string().min(1).optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'takes trace, debug, info, warn, error, fatal or silent',
    })
    .default('info'),
  LOG_PRETTY: flag.optional(),
  METRICS_VENDOR_LABEL: flag.default(false),
  RETENTION_JOBS_DAYS: wholeNumber(30),
  RETENTION_DEAD_LETTERS_DAYS: wholeNumber(30),
  RETENTION_EVENTS_DAYS: wholeNumber(30),
  RETENTION_AUDIT_DAYS: wholeNumber(365),
  RETENTION_PARKED_DAYS: wholeNumber(90),
  RETENTION_TOMBSTONES_DAYS: wholeNumber(90),
  SCHEDULE_DRIFT: cron('0 * * * *'),
  SCHEDULE_AGENT_HEALTH: cron('*/5 * * * *'),
  SCHEDULE_DLQ_ALERT: cron('*/15 * * * *'),
  SCHEDULE_JOBS: cron('0 2 * * *'),
  SCHEDULE_EVENTS: cron('0 3 * * 0'),
  SCHEDULE_DLQ_CLEANUP: cron('0 4 * * 6'),
});

/** What each setting was read as, before defaults that depend on others. */
type Raw = z.infer<typeof Settings>;

/** The settings of one process, complete. Secrets that development makes by itself are filled in before this exists. */
export interface HubSettings extends Omit<
  Raw,
  | 'HOST'
  | 'DATABASE_URL'
  | 'REDIS_URL'
  | 'API_SECRET'
  | 'AGENT_SECRET'
  | 'OUTBOUND_SECRET'
  | 'MIGRATE_ON_BOOT'
  | 'SWAGGER_ENABLED'
  | 'LOG_PRETTY'
  | 'AGENT_URL_ALLOW'
> {
  HOST: string;
  DATABASE_URL: string;
  REDIS_URL: string;
  API_SECRET: string;
  AGENT_SECRET: string;
  OUTBOUND_SECRET: string;
  MIGRATE_ON_BOOT: boolean;
  SWAGGER_ENABLED: boolean;
  LOG_PRETTY: boolean;
  AGENT_URL_ALLOW: string[];
}

/** Injection token of {@link HubSettings}. */
export const SETTINGS = Symbol('SETTINGS');

/** Settings that cannot be used: one line a fault, each names the setting and says what it takes. Never shows a value. */
export class SettingsError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'SettingsError';
  }
}

/** Settings as read from the environment; what development fills in by itself may still be absent. */
export type PartialSettings = Omit<HubSettings, 'DATABASE_URL' | 'REDIS_URL' | 'API_SECRET' | 'AGENT_SECRET' | 'OUTBOUND_SECRET'> &
  Pick<Raw, 'DATABASE_URL' | 'REDIS_URL' | 'API_SECRET' | 'AGENT_SECRET' | 'OUTBOUND_SECRET'>;

const BY_FILE = [
  'DATABASE_URL',
  'REDIS_URL',
  'API_SECRET',
  'API_KEYS',
  'AGENT_SECRET',
  'OUTBOUND_SECRET',
  'SLACK_WEBHOOK_URL',
  'ALERT_WEBHOOK_URL',
  'ALERT_WEBHOOK_SECRET',
  'METRICS_TOKEN',
] as const;
const REQUIRED_IN_PRODUCTION = ['DATABASE_URL', 'REDIS_URL', 'API_SECRET', 'AGENT_SECRET', 'OUTBOUND_SECRET'] as const;
const LOCAL_NETWORKS = ['localhost', '127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/**
 * Reads the settings of an environment; the only reader there is.
 * @throws SettingsError naming every setting that is wrong or missing
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>, terminal = false): PartialSettings {
  const faults: string[] = [];
  const values = readFiles(environment, faults);
  const parsed = Settings.safeParse(values);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) faults.push(`${String(issue.path[0])}: ${issue.message}`);
    throw new SettingsError(faults);
  }
  const raw = parsed.data;
  const inDevelopment = development(raw.NODE_ENV);
  if (!inDevelopment) {
    for (const name of REQUIRED_IN_PRODUCTION) if (raw[name] === undefined) faults.push(`${name}: is required in production`);
  }
  const leastWindow = (raw.BREAKER_VOLUME + 1) * raw.AGENT_TIMEOUT_MS;
  if (raw.BREAKER_WINDOW_MS < leastWindow) {
    faults.push(
      `BREAKER_WINDOW_MS: takes at least (BREAKER_VOLUME + 1) * AGENT_TIMEOUT_MS = ${leastWindow}, or a vendor that only hangs never opens its breaker`,
    );
  }
  if (raw.ALERT_WEBHOOK_URL !== undefined && raw.ALERT_WEBHOOK_SECRET === undefined) {
    faults.push('ALERT_WEBHOOK_SECRET: is required with ALERT_WEBHOOK_URL');
  }
  if (faults.length > 0) throw new SettingsError(faults);
  return {
    ...raw,
    // Whoever is offline first is never degraded: one rule for all who compare with either.
    AGENT_DEGRADED_AFTER_S: Math.min(raw.AGENT_DEGRADED_AFTER_S, raw.AGENT_OFFLINE_AFTER_S),
    HOST: raw.HOST ?? (inDevelopment ? '127.0.0.1' : '0.0.0.0'),
    MIGRATE_ON_BOOT: raw.MIGRATE_ON_BOOT ?? inDevelopment,
    SWAGGER_ENABLED: raw.SWAGGER_ENABLED ?? inDevelopment,
    LOG_PRETTY: raw.LOG_PRETTY ?? terminal,
    AGENT_URL_ALLOW: raw.AGENT_URL_ALLOW ?? (inDevelopment ? LOCAL_NETWORKS : []),
  };
}

/** Empty means unset; a secret may come as NAME_FILE. */
function readFiles(environment: Readonly<Record<string, string | undefined>>, faults: string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(Settings.shape)) {
    const value = environment[name];
    if (value !== undefined && value !== '') values[name] = value;
  }
  for (const name of BY_FILE) {
    const file = environment[`${name}_FILE`];
    if (file === undefined || file === '' || values[name] !== undefined) continue;
    try {
      values[name] = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      faults.push(`${name}_FILE: the file cannot be read (${code})`);
    }
  }
  return values;
}
