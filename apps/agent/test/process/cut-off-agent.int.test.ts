import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentInstallation, API_SECRET } from './installation';

const [ORDERS, ROWS, LIMIT_MS] = [10, 200, 120_000];

let installation: AgentInstallation;
beforeAll(async () => {
  installation = await AgentInstallation.start({ AGENT_DEGRADED_AFTER_S: '7', AGENT_OFFLINE_AFTER_S: '8' });
  await installation.enrol();
}, LIMIT_MS);
afterAll(() => installation.stop(), LIMIT_MS);

const writeRows = (name: string) =>
  installation.write(
    'export/items.csv',
    `CODE;LIBELLE;UNITE;TVA\n${Array.from({ length: ROWS }, (_, i) => `S-${i};${name} ${i};PCE;T1\n`).join('')}`,
  );

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + LIMIT_MS / 3;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what}: not in time; the agent's log ends:\n${installation.agent.log().slice(-3_000)}`);
    await sleep(50);
  }
}

it(
  'goes on by itself after a long cut, and so does the hub: every row and every order of meanwhile arrives, once',
  async () => {
    const { agent, hub, line, pool } = installation;
    const named = async (name: string) =>
      Number((await pool.query('select count(*) as n from items where name like $1', [`${name} %`])).rows[0].n);
    const status = async () => {
      const headers = { 'x-api-key': API_SECRET };
      const reply = await fetch(`${hub.baseUrl}/api/admin/agents/v1`, { headers });
      return ((await reply.json()) as { status: string }).status;
    };
    writeRows('before');
    agent.start();
    await until('the first rows', async () => (await named('before')) === ROWS);

    // As behind a firewall that drops packets, and then as behind one that refuses them.
    await line.set({ kind: 'blackhole' });
    writeRows('meanwhile');
    const lines = [{ sku: 'S-1', quantity: 1, unitPrice: '2.50' }];
    for (let i = 0; i < ORDERS; i++) {
      const body = { vendorId: 'v1', orderNumber: `O-${i}`, erpCustomerCode: 'C1', lines };
      expect((await installation.admin('/api/orders', body, { 'idempotency-key': `O-${i}` })).status).toBe(201);
    }
    await until('the hub calls it offline', async () => (await status()) === 'offline');
    await line.set({ kind: 'cut' });
    await until('the agent has tried in vain', async () => agent.log().includes('push failed'));
    expect(await named('meanwhile')).toBe(0);

    await line.set({ kind: 'open' });
    await until('every row as it is', async () => (await named('meanwhile')) === ROWS);
    await until('every order confirmed', async () => {
      const { rows } = await pool.query(`select count(*) as n from orders where erp_status = 'confirmed'`);
      return Number(rows[0].n) === ORDERS;
    });
    await until('the hub calls it online', async () => (await status()) === 'online');
    const files = readdirSync(path.join(agent.folder, 'export/orders')).filter((name) => name.endsWith('.csv'));
    expect(files).toHaveLength(ORDERS);
    expect((await pool.query('select count(*)::int as n from dead_letter_queue')).rows[0].n).toBe(0);
    expect(await agent.end('SIGTERM')).toBe(0);
  },
  LIMIT_MS,
);
