import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDatabase, openPool } from '@repo/dev-stack/databases';
import { removePostgresIn, startPostgres, type PostgresServer } from '@repo/dev-stack/postgres';
import { nextRedisUrl } from '@repo/dev-stack/test-servers';
import { computeRoot, readRoots } from '@repo/shared/database/ingest/digest-root';
import { migrateDatabase } from '@repo/shared/database/migrate';
import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { connectVendor, FAST_DELIVERY, placeOrder, compare, readFacts, settled, untilErpStatus } from '../support/erp';
import { eventually, startHub, type Hub } from '../support/hub';
import { connectReconcilingAgent, type ReconcilingAgent } from '../support/reconciling-agent';
import { item } from '../support/rows';
import { recoverTo, takeBaseBackup } from './base-backup';

const LIMIT_MS = 180_000;
const SECRETS = { apiSecret: 'api-secret-of-the-restore-0123456789', agentSecret: 'agent-secret-of-the-restore-0123456789' };
const VENDOR = 'asked-after';

// Below the folder of temporary files: the server's user has to get there.
const folder = mkdtempSync(path.join(tmpdir(), 'hub-restore-'));
const archive = path.join(folder, 'archive');
const settings = {
  archive_mode: 'on',
  archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f.part && mv ${archive}/%f.part ${archive}/%f`,
};

let postgres: PostgresServer;
let pool: Pool;
let hub: Hub;
let erp: StandInErp;
let agent: ReconcilingAgent;

beforeAll(async () => {
  mkdirSync(archive);
  for (const each of [folder, archive]) chmodSync(each, 0o777);
  postgres = await startPostgres({ dir: path.join(folder, 'first'), settings, endWithOwner: true });
  const { url } = await createDatabase(postgres.url);
  await migrateDatabase(url);
  pool = openPool(url, 4);
  const installation = { databaseUrl: url, redisUrl: await nextRedisUrl(), pool, ...SECRETS } as Hub;
  hub = await startHub({
    beside: installation,
    env: { ...FAST_DELIVERY, AGENT_TIMEOUT_MS: '3000', BREAKER_WINDOW_MS: '4000000', BREAKER_VOLUME: '1000' },
  });
  erp = await startStandInErp({ hubUrls: [hub.baseUrl] });
  await connectVendor(hub, erp, VENDOR, { heartbeatMs: 500 });
  agent = await connectReconcilingAgent(hub, 'compared', 'push');
}, LIMIT_MS);
afterAll(async () => {
  await agent.stop();
  await erp.stop();
  await hub.stop();
  await pool.end();
  for (const name of ['first', 'second']) await removePostgresIn(path.join(folder, name));
  rmSync(folder, { recursive: true, force: true });
}, LIMIT_MS);

/** The ERP's rows change, and the hub is told. */
async function push(from: number, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => item(`A-${from + n}`));
  for (const row of rows) agent.store.put('items', row);
  await agent.push('items', rows);
}

const highestChange = async () =>
  BigInt((await pool.query<{ n: string }>('select max(change_seq)::text as n from items')).rows[0]?.n ?? '0');

it(
  'goes on from a backup that was taken under writes, sends no order twice that came after it, and heals the rows that did',
  async () => {
    // Before and during the backup.
    await push(0, 300);
    const writing = { goesOn: true };
    const placed: string[] = [];
    const writes = (async () => {
      for (let n = 0; writing.goesOn; n++) {
        await push(1_000 + n * 10, 10);
        placed.push((await placeOrder(hub, VENDOR, `N-during-${n}`)).id);
      }
    })();
    await eventually(async () => placed.length > 3);
    const backup = path.join(folder, 'backup');
    await takeBaseBackup(postgres.url, path.join(postgres.dir, 'data'), backup);
    writing.goesOn = false;
    await writes;
    await settled(pool);

    // Some orders wait while the moment passes that is gone back to, and are done after it.
    await hub.admin('PUT', `/api/admin/agents/${VENDOR}`, { enabled: false });
    const waiting = await Promise.all([1, 2, 3].map((n) => placeOrder(hub, VENDOR, `N-waiting-${n}`)));
    await pool.query(`select pg_create_restore_point('the_moment')`);
    await hub.admin('PUT', `/api/admin/agents/${VENDOR}`, { enabled: true });
    for (const { id } of waiting) await untilErpStatus(hub, id, 'confirmed');
    const lost = await placeOrder(hub, VENDOR, 'N-lost');
    await untilErpStatus(hub, lost.id, 'confirmed');
    await push(5_000, 50);
    const highest = await highestChange();
    const { rows } = await pool.query<{ file: string }>('select pg_walfile_name(pg_switch_wal()) as file');
    await eventually(
      async () => (await pool.query(`select from pg_stat_archiver where last_archived_wal >= $1`, [rows[0]?.file])).rows.length > 0,
    );

    // The machine is gone; Redis is taken as it may be found, with entries of a time that never was.
    await hub.kill();
    await postgres.stop('immediate');
    const second = path.join(folder, 'second');
    mkdirSync(second);
    chmodSync(second, 0o755);
    renameSync(backup, path.join(second, 'data'));
    recoverTo(path.join(second, 'data'), archive, 'the_moment');
    postgres = await startPostgres({ dir: second, port: postgres.port, settings, endWithOwner: true });
    await eventually(async () => !(await pool.query<{ r: boolean }>('select pg_is_in_recovery() as r')).rows[0]?.r);
    const redis = new Redis(hub.redisUrl);
    await redis.flushdb();
    redis.disconnect();
    await hub.restart();

    expect(hub.logs()).toContain('this database was restored');
    expect((await pool.query(`select after from audit_log where action = 'restore.detected'`)).rows).toEqual([
      { after: { jobsToAskAfter: waiting.length } },
    ]);
    // What it held at that moment it holds, whole.
    for (const vendorId of [VENDOR, 'compared']) {
      expect((await readRoots(pool, vendorId)).items).toEqual(await computeRoot(pool, vendorId, 'items'));
    }
    expect((await readFacts(pool)).orders.map(({ id }) => id).sort()).toEqual([...placed, ...waiting.map(({ id }) => id)].sort());

    // Who was disabled at that moment is so again: what was changed since has to be done again.
    await hub.admin('PUT', `/api/admin/agents/${VENDOR}`, { enabled: true });
    for (const { id } of waiting) await untilErpStatus(hub, id, 'confirmed');
    await settled(pool);
    const [stray, ...faults] = await compare(pool, erp);
    expect(faults).toEqual([]);
    expect(stray).toMatch(/is in the ERP for no order of the hub's/);

    // The next comparison brings what came since, under numbers that no reader has passed yet.
    await agent.client.heartbeat({});
    expect(await agent.compare('items')).toMatchObject({ eventType: 'drift_resolved', summary: { rows: { onlyInErp: 50 } } });
    expect(await agent.inSync('items')).toBe(true);
    const healed = await pool.query<{ n: string }>(`select min(change_seq)::text as n from items where sku like 'A-50__'`);
    expect(BigInt(healed.rows[0]?.n ?? '0')).toBeGreaterThan(highest);
  },
  LIMIT_MS,
);
