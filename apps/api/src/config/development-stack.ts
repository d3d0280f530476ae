import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { HubSettings, PartialSettings } from './settings';

/** Complete settings, and what has to be stopped at the end. */
export interface CompletedSettings {
  settings: HubSettings;
  stop: () => Promise<void>;
}

/**
 * Fills in what development may leave out: embedded servers for absent URLs, secrets made and printed once. In production
 * nothing is absent (the settings reader has made sure), so nothing is started and nothing is made.
 */
export async function completeForDevelopment(partial: PartialSettings): Promise<CompletedSettings> {
  const { DATABASE_URL, REDIS_URL, API_SECRET, AGENT_SECRET, OUTBOUND_SECRET } = partial;
  const stack = DATABASE_URL === undefined || REDIS_URL === undefined ? await openStack(DATABASE_URL, REDIS_URL) : undefined;
  const settings: HubSettings = {
    ...partial,
    DATABASE_URL: DATABASE_URL ?? stack?.databaseUrl ?? missing('DATABASE_URL'),
    REDIS_URL: REDIS_URL ?? stack?.redisUrl ?? missing('REDIS_URL'),
    API_SECRET: API_SECRET ?? makeAndPrint('API_SECRET'),
    AGENT_SECRET: AGENT_SECRET ?? makeAndPrint('AGENT_SECRET'),
    OUTBOUND_SECRET: OUTBOUND_SECRET ?? makeAndKeep('outbound-secret'),
  };
  return { settings, stop: async () => stack?.stop() };
}

async function openStack(databaseUrl: string | undefined, redisUrl: string | undefined) {
  // Only development needs it, so production images may leave it out.
  const { openDevStack } = await import('@repo/dev-stack/stack');
  return openDevStack({ postgres: databaseUrl === undefined, redis: redisUrl === undefined });
}

function makeAndPrint(name: string): string {
  const value = randomBytes(24).toString('hex');
  // As a setting is written, so that it can be copied, or read by a script.
  process.stdout.write(`${name}=${value}  (made for this run of development: none was set)\n`);
  return value;
}

/** Agents remember what is derived from this one: it has to be the same at the next start. */
function makeAndKeep(name: string): string {
  const folder = path.resolve(process.env['DEV_STACK_DIR'] ?? '.data');
  const file = path.join(folder, name);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(file, 'utf8');
}

function missing(name: string): never {
  throw new Error(`the embedded server gave no ${name}`);
}
