import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AgentProcess } from '@repo/chaos-kit/installation/agent-process';
import { HubProcess } from '@repo/chaos-kit/installation/hub-process';
import { TcpLine } from '@repo/chaos-kit/installation/tcp-line';
import { createDatabase, openPool, type TemporaryDatabase } from '@repo/dev-stack/databases';
import { freePort } from '@repo/dev-stack/ports';
import { nextRedisUrl } from '@repo/dev-stack/test-servers';
import type { Pool } from 'pg';

export const API_SECRET = 'api-secret-of-agent-tests-0123456789-0123';
const HUB_ENV = {
  NODE_ENV: 'test',
  API_SECRET,
  AGENT_SECRET: 'agent-secret-of-agent-tests',
  OUTBOUND_SECRET: 'outbound-secret-of-agent-tests-0123456789',
  SWAGGER_ENABLED: 'false',
  AGENT_TIMEOUT_MS: '2000',
  BREAKER_WINDOW_MS: '3000000',
  BREAKER_VOLUME: '1000',
  SYNC_RETRY_BASE_MS: '100',
  SYNC_RETRY_MAX_MS: '1000',
  SYNC_RETRY_ATTEMPTS: '100',
  SYNC_CALLBACK_TIMEOUT_MS: '2000',
  RELAY_INTERVAL_MS: '400',
  BULLMQ_CONCURRENCY: '20',
  ...Object.fromEntries(
    ['GLOBAL', 'INGEST', 'BATCH', 'AGENT', 'ORDERS', 'ADMIN', 'REGISTER'].map((name) => [`RATE_LIMIT_${name}`, '1000000']),
  ),
};
const UNIT_AND_VAT = [
  { mappingType: 'unit', erpCode: 'PCE', restoCode: 'PCE', restoLabel: 'Pièce' },
  { mappingType: 'vat', erpCode: 'T1', restoCode: 'FR-5.5', restoLabel: 'TVA 5,5 %', vatRate: '5.5' },
];

/** A hub with a vendor `v1`, and that vendor's agent on a folder of CSV files. */
export class AgentInstallation {
  private constructor(
    readonly hub: HubProcess,
    /** What the agent reaches the hub by. */
    readonly line: TcpLine,
    readonly agent: AgentProcess,
    readonly pool: Pool,
    private readonly database: TemporaryDatabase,
    private readonly folder: string,
  ) {}

  /** @param more settings of the hub */
  static async start(more: Readonly<Record<string, string>> = {}): Promise<AgentInstallation> {
    const folder = mkdtempSync(path.join(process.env['TEST_RESULTS_DIR'] ?? tmpdir(), 'agent-installation-'));
    const database = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '');
    const env = { ...HUB_ENV, ...more, DATABASE_URL: database.url, REDIS_URL: await nextRedisUrl() };
    const port = await freePort();
    const hub = new HubProcess('hub', 'all', port, env, path.join(folder, 'hub.log'));
    hub.launch();
    await hub.untilReady();
    mkdirSync(path.join(folder, 'vendor/export/orders'), { recursive: true });
    const pool = openPool(database.url, 2);
    const line = await TcpLine.to(() => port);
    const installation = new AgentInstallation(hub, line, new AgentProcess(path.join(folder, 'vendor')), pool, database, folder);
    await installation.admin('/api/admin/mappings/seed', { vendorId: 'v1', mappings: UNIT_AND_VAT });
    return installation;
  }

  /** A post with the admin key. */
  async admin(
    route: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const reply = await fetch(this.hub.baseUrl + route, {
      method: 'POST',
      headers: { 'x-api-key': API_SECRET, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  }

  /** Registers the agent as a vendor would, and writes a configuration for a source that changes all the time. */
  async enrol(): Promise<string> {
    const { body } = await this.admin('/api/admin/agents/v1/enrolment');
    const given = { hub: this.line.url, vendor: 'v1', erp: 'Test', folder: 'export', code: String(body['code']) };
    const { code, output } = await this.agent.command('init', ...Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]));
    if (code !== 0) throw new Error(`init gave ${code}:\n${output}`);
    this.write('erp-agent.yaml', configuration(this.line.url));
    return output;
  }

  /** Writes a file of the vendor's so that nobody sees half of it. */
  write(name: string, text: string): void {
    const file = path.join(this.agent.folder, name);
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }

  async stop(): Promise<void> {
    await this.agent.end('SIGKILL').catch(() => undefined);
    await this.line.close();
    await this.hub.stop();
    await this.pool.end();
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const configuration = (url: string) => `
hub: { url: "${url}" }
vendorId: v1
erpType: Test
source:
  kind: csv
  folder: export
  settleSeconds: 0.1
  pollSeconds: 0.5
  entities:
    items:
      files: items.csv
      fields: { sku: CODE, name: LIBELLE, erpUnitCode: UNITE, erpVatCode: TVA }
  orders:
    folder: export/orders
push: { everySeconds: 1 }
orders: { inFlightSeconds: 0.5 }
heartbeat: { everySeconds: 5 }
log: { level: debug }
`;
