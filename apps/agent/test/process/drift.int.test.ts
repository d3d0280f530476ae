import { setTimeout as sleep } from 'node:timers/promises';
import { AgentInstallation } from './installation';

const LIMIT_MS = 120_000;
const ROWS = 300;

let installation: AgentInstallation;
beforeAll(async () => {
  installation = await AgentInstallation.start();
  await installation.enrol();
}, LIMIT_MS);
afterAll(() => installation.stop(), LIMIT_MS);

const names = new Map(Array.from({ length: ROWS }, (_, i) => [`S-${i}`, `name ${i}`]));
const writeRows = () =>
  installation.write('export/items.csv', `CODE;LIBELLE;UNITE;TVA\n${[...names].map(([sku, name]) => `${sku};${name};PCE;T1\n`).join('')}`);

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + LIMIT_MS / 2;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what}: not in time; the agent's log ends:\n${installation.agent.log().slice(-3_000)}`);
    await sleep(50);
  }
}

async function hubHasTheRows(): Promise<boolean> {
  const { rows } = await installation.pool.query<{ sku: string; name: string }>('select sku, name from items where deleted_at is null');
  return rows.length === names.size && rows.every(({ sku, name }) => names.get(sku) === name);
}

async function events(): Promise<{ eventType: string; cause: string; rows: Record<string, number> }[]> {
  const { rows } = await installation.pool.query<{ eventType: string; cause: string; rows: Record<string, number> }>(
    `select event_type as "eventType", summary ->> 'cause' as cause, summary -> 'rows' as rows from reconciliation_events
     where event_type <> 'drift_detected' order by id`,
  );
  return rows;
}

it(
  'is brought back into step by a running agent: after rows were written behind its back, and after it was restored from a backup',
  async () => {
    const { agent, pool } = installation;
    writeRows();
    agent.start();
    await until('the first rows', hubHasTheRows);
    await until('a heartbeat in sync', () => Promise.resolve(agent.log().includes('"drift":{"items":"in_sync"}')));

    // The running root knows nothing of this: the rows must be looked at.
    await pool.query(`update items set name = 'tampered', content_hash = 'tampered', row_digest = 0 where sku in ('S-1', 'S-2', 'S-3')`);
    await pool.query(`delete from items where sku in ('S-10', 'S-11')`);
    await pool.query(`update items set content_hash = 'moved', sku = 'S-moved' where sku = 'S-20'`);
    const { status } = await installation.admin('/api/admin/reconciliation/trigger', { vendorId: 'v1', entity: 'items' });
    expect(status).toBe(202);
    await until('the first comparison', async () => (await events()).length === 1);
    expect(await events()).toMatchObject([{ eventType: 'drift_resolved', cause: 'manual', rows: { written: 6, deleted: 1 } }]);
    expect(await hubHasTheRows()).toBe(true);

    // What was sent since the backup is lost, running root and all, and the agent has no reason to send it again.
    for (const table of ['items', 'sync_digests', 'sync_digest_deltas']) await pool.query(`create table backup_${table} as table ${table}`);
    for (let n = 30; n < 50; n++) names.set(`S-${n}`, `later ${n}`);
    names.set('S-new', 'new');
    writeRows();
    await until('the later rows', async () => {
      const { rows } = await pool.query(`select count(*)::int as n from items where name like 'later%' or sku = 'S-new'`);
      return rows[0].n === 21;
    });
    await pool.query(`begin; lock table items, sync_digests, sync_digest_deltas; truncate items cascade; truncate sync_digests, sync_digest_deltas;
      insert into items select * from backup_items; insert into sync_digests select * from backup_sync_digests;
      insert into sync_digest_deltas overriding system value select * from backup_sync_digest_deltas; commit`);
    await until('the comparison that heartbeats began', async () => (await events()).length > 1);
    expect((await events())[1]).toMatchObject({ eventType: 'drift_resolved', cause: 'heartbeat', rows: { written: 21 } });
    expect(agent.log()).toContain('"drift":{"items":"drift"}');
    await until('every row as it is', hubHasTheRows);
    expect(await agent.end('SIGTERM')).toBe(0);
  },
  LIMIT_MS,
);
