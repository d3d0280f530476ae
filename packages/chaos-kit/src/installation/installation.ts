import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDatabase, openPool } from '@repo/dev-stack/databases';
import { isAlive } from '@repo/dev-stack/process';
import type { PostgresServer } from '@repo/dev-stack/postgres';
import type { RedisServer } from '@repo/dev-stack/redis';
import { startStack, type Stack } from '@repo/dev-stack/stack';
import type { Pool } from 'pg';
import type { Targets } from '../schedule/fault-menu';
import { ConnectedErp } from './connected-erp';
import { DEFAULT_FLEET, HubFleet, type FleetSizes } from './hub-fleet';
import { CHAOS_SETTINGS } from './hub-settings';

export interface InstallationOptions {
  /** Begins the names of folders and servers. */
  name?: string;
  /** Where logs are kept; a new folder among temporary files when not said. */
  logFolder?: string;
  fleet?: FleetSizes;
  /** Processes of ERPs, each of some vendors. */
  erps?: number;
  /** How the hub is set; {@link CHAOS_SETTINGS} when not said. */
  settings?: Readonly<Record<string, string>>;
  /** Over those. */
  env?: Readonly<Record<string, string>>;
}

// Commits reach the operating system before they are answered, and no further: what is killed here is PostgreSQL, not the
// machine. `synchronous_commit` stays on, or an immediate stop would lose what was answered.
const POSTGRES_SETTINGS = { fsync: 'off', full_page_writes: 'off', max_wal_size: '4GB' };

/** A hub of many processes with a PostgreSQL, a Redis and ERPs of its own, each of which can be broken. */
export class Installation {
  private constructor(
    readonly fleet: HubFleet,
    readonly erps: readonly ConnectedErp[],
    readonly pool: Pool,
    readonly secrets: { readonly api: string; readonly agent: string },
    readonly logFolder: string,
    private readonly stack: Stack,
  ) {}

  static async start({
    name = 'chaos',
    logFolder = mkdtempSync(path.join(process.env['TEST_RESULTS_DIR'] ?? tmpdir(), `${name}-`)),
    fleet: sizes = DEFAULT_FLEET,
    erps = 2,
    settings = CHAOS_SETTINGS,
    env = {},
  }: InstallationOptions = {}): Promise<Installation> {
    const id = `${name}-${process.pid}-${randomBytes(3).toString('hex')}`;
    const stack = await startStack({ name: id, settings: POSTGRES_SETTINGS, endWithOwner: true });
    const undo: (() => Promise<void>)[] = [stack.stop];
    try {
      const { url: databaseUrl } = await createDatabase(stack.databaseUrl, { name: 'hub' });
      const secrets = { api: randomBytes(24).toString('hex'), agent: randomBytes(24).toString('hex') };
      const hubEnv = {
        ...settings,
        DATABASE_URL: databaseUrl,
        REDIS_URL: stack.redisUrl,
        API_SECRET: secrets.api,
        AGENT_SECRET: secrets.agent,
        OUTBOUND_SECRET: randomBytes(24).toString('hex'),
        ...env,
      };
      const fleet = await HubFleet.start(sizes, hubEnv, logFolder);
      undo.push(() => fleet.stop());
      const hubPorts = fleet.serving.map(({ baseUrl }) => Number(new URL(baseUrl).port));
      const started: ConnectedErp[] = [];
      for (let number = 1; number <= erps; number += 1) {
        const erp = await ConnectedErp.start(`erp-${number}`, hubPorts);
        undo.push(() => erp.stop());
        started.push(erp);
      }
      // The database is killed under it: whoever asks it next learns that.
      const pool = openPool(databaseUrl, 4);
      return new Installation(fleet, started, pool, secrets, logFolder, stack);
    } catch (error) {
      for (const step of undo.reverse()) await step();
      throw error;
    }
  }

  get postgres(): PostgresServer {
    return this.stack.postgres;
  }

  get redis(): RedisServer {
    return this.stack.redis;
  }

  /** What there is to be broken. */
  get targets(): Targets {
    return { hubs: this.fleet.namesByRole, erps: this.erps.map(({ name }) => name) };
  }

  /** @throws Error when there is none of that name */
  erp(name: string): ConnectedErp {
    const found = this.erps.find((erp) => erp.name === name);
    if (found === undefined) throw new Error(`there is no ERP ${name}`);
    return found;
  }

  /** Starts whatever is down, opens whatever is cut, and waits until everything serves. */
  async heal(): Promise<void> {
    if (!isAlive(this.redis.pid)) await this.redis.restart();
    if (!isAlive(this.postgres.pid)) await this.postgres.restart();
    for (const erp of this.erps) await erp.heal();
    await this.fleet.untilReady();
  }

  /** Ends everything, with its data; the logs stay when they are wanted. */
  async stop({ keepLogs = false } = {}): Promise<void> {
    await this.fleet.stop();
    for (const erp of this.erps) await erp.stop();
    await this.pool.end();
    await this.stack.stop();
    if (!keepLogs) rmSync(this.logFolder, { recursive: true, force: true });
  }
}
