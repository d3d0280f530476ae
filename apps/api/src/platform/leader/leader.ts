import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Client } from 'pg';
import { SETTINGS, type HubSettings } from '../../config/settings';

/** Any number will do, as long as every hub takes the same. */
const LEADER_LOCK = 7_241_002;
/** How often a stand-by tries and the leader proves its connection: another takes over well within 10 s. */
const BEAT_MS = 2_000;
const ANSWER_LIMIT_MS = 3_000;
/** PostgreSQL ends a session that says nothing for this long: a leader that hangs must not stand in the others' way. */
const SILENCE_LIMIT_MS = 6_000;

/**
 * One leader among all processes that run schedules: whoever holds an advisory lock on a connection of its own. PostgreSQL
 * gives it back when that connection ends, however it ends. What the leader does must bear two leaders for a moment.
 */
@Injectable()
export class Leader implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Leader');
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private leading = false;
  private stopped = false;
  private readonly channels = new Map<string, () => void>();
  private readonly onLeading: (() => void)[] = [];

  constructor(@Inject(SETTINGS) private readonly settings: HubSettings) {}

  /** Whether this process leads now. */
  get leads(): boolean {
    return this.leading;
  }

  /** Calls `hear` for each message of a channel, while this process leads. To be called before the start. */
  listen(channel: string, hear: () => void): void {
    this.channels.set(channel, hear);
  }

  /** Calls `begin` whenever this process becomes the leader. To be called before the start. */
  onLead(begin: () => void): void {
    this.onLeading.push(begin);
  }

  onApplicationBootstrap(): void {
    if (this.settings.ROLE === 'all' || this.settings.ROLE === 'scheduler') void this.beat();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.leading = false;
    await this.client?.end();
  }

  private async beat(): Promise<void> {
    try {
      const client = await this.connection();
      if (this.leading) await client.query('select 1');
      else await this.tryToLead(client);
    } catch (error) {
      this.lose(error instanceof Error ? error.message : String(error));
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.beat(), BEAT_MS);
  }

  private async tryToLead(client: Client): Promise<void> {
    const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [LEADER_LOCK]);
    if (rows[0]?.got !== true || this.stopped) return;
    this.leading = true;
    this.logger.log('this process leads');
    for (const begin of this.onLeading) begin();
  }

  private async connection(): Promise<Client> {
    if (this.client !== undefined) return this.client;
    const client = new Client({
      connectionString: this.settings.DATABASE_URL,
      application_name: 'hub-leader',
      connectionTimeoutMillis: ANSWER_LIMIT_MS,
      query_timeout: ANSWER_LIMIT_MS,
      keepAlive: true,
      options: `-c idle_session_timeout=${SILENCE_LIMIT_MS}`,
    });
    // Of one that was given up nothing is heard any more: it must not end what a later one holds.
    client.on('error', (error) => {
      if (client === this.client) this.lose(error.message);
    });
    client.on('notification', ({ channel }) => {
      if (this.leading) this.channels.get(channel)?.();
    });
    try {
      await client.connect();
      for (const channel of this.channels.keys()) await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      this.close(client);
      throw error;
    }
    this.client = client;
    return client;
  }

  private lose(cause: string): void {
    if (this.leading) this.logger.warn(`this process does not lead any more: ${cause}`);
    this.leading = false;
    const { client } = this;
    this.client = undefined;
    if (client !== undefined) this.close(client);
  }

  private close(client: Client): void {
    client.end().catch((error: unknown) => this.logger.debug(`closing a broken connection: ${String(error)}`));
  }
}
