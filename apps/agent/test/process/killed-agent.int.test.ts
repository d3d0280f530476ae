import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '@repo/chaos-kit/random';
import { AgentInstallation } from './installation';

const SEED = process.env['AGENT_SEED'] ?? 'killed-agent-1';
const KILLS = Number(process.env['AGENT_KILLS'] ?? 5);
const ORDERS = Number(process.env['AGENT_ORDERS'] ?? 40);
const ROWS = Number(process.env['AGENT_ROWS'] ?? 2_000);
const LIMIT_MS = 120_000 + KILLS * 15_000;

let installation: AgentInstallation;
beforeAll(async () => {
  installation = await AgentInstallation.start();
  await installation.enrol();
}, LIMIT_MS);
afterAll(() => installation.stop(), LIMIT_MS);

const draws = new SeededRandom(SEED);
const random = () => draws.next();
const names = new Map(Array.from({ length: ROWS }, (_, i) => [`S-${i}`, `name ${i}`]));
const writeRows = () =>
  installation.write('export/items.csv', `CODE;LIBELLE;UNITE;TVA\n${[...names].map(([sku, name]) => `${sku};${name};PCE;T1\n`).join('')}`);

/** Places an order until it is placed: the hub may be away. */
async function place(orderNumber: string): Promise<void> {
  const line = { sku: `S-${Math.floor(random() * ROWS)}`, quantity: 1, unitPrice: '2.50' };
  for (;;) {
    const body = { vendorId: 'v1', orderNumber, erpCustomerCode: 'C1', lines: [line] };
    const reply = await installation.admin('/api/orders', body, { 'idempotency-key': orderNumber }).catch(() => undefined);
    if (reply !== undefined && reply.status < 300) return;
    await sleep(50);
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + LIMIT_MS / 2;
  while (!(await holds())) {
    if (Date.now() > end)
      throw new Error(`seed ${SEED}: ${what}: not in time; the agent's log ends:\n${installation.agent.log().slice(-3_000)}`);
    await sleep(50);
  }
}

it(
  `has every order once and every row as it is, after ${KILLS} kills of the agent and one of the hub`,
  async () => {
    const { agent, hub, pool } = installation;
    writeRows();
    agent.start();
    await until(
      'the first rows',
      async () => Number((await pool.query('select count(*) from items')).rows[0].count) >= Math.min(100, ROWS),
    );
    const over = new AbortController();
    const changing = (async () => {
      for (let change = 0; !over.signal.aborted; change++) {
        for (let i = 0; i < ROWS / 20; i++) names.set(`S-${Math.floor(random() * ROWS)}`, `change ${change}-${i}`);
        writeRows();
        await sleep(300);
      }
    })();
    const placing = (async () => {
      for (let i = 0; i < ORDERS; i++) {
        await place(`O-${i}`);
        await sleep(random() * 100);
      }
    })();
    let loggedBefore = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // Most kills while it starts and works, not while it rests.
      await sleep(200 + random() * 1_800);
      await agent.end('SIGKILL');
      if (kill === Math.floor(KILLS / 2)) {
        await hub.kill();
        hub.launch();
      }
      loggedBefore = agent.log().length;
      agent.start();
    }
    await hub.untilReady();
    await placing;
    over.abort();
    await changing;

    await until('every order confirmed', async () => {
      const { rows } = await pool.query(`select count(*) filter (where erp_status = 'confirmed') as n from orders`);
      return Number(rows[0].n) === ORDERS;
    });
    await until('every row as it is', async () => {
      const { rows } = await pool.query<{ sku: string; name: string }>('select sku, name from items where deleted_at is null');
      return rows.length === ROWS && rows.every(({ sku, name }) => names.get(sku) === name);
    });
    const files = readdirSync(path.join(agent.folder, 'export/orders')).filter((name) => name.endsWith('.csv'));
    const { rows: jobs } = await pool.query<{ id: string }>('select id from sync_jobs');
    expect(files).toHaveLength(ORDERS);
    // One file a job, and none of anything else.
    expect(jobs.map(({ id }) => files.filter((name) => name.includes(id)).length)).toEqual(Array.from({ length: ORDERS }, () => 1));
    expect((await pool.query('select count(*)::int as n from dead_letter_queue')).rows[0].n).toBe(0);
    // The one before it may have done all of this, and a process that has hardly begun does not hear of it yet.
    await until('the last start', () => Promise.resolve(agent.log().slice(loggedBefore).includes('the agent is at work')));
    expect(await agent.end('SIGTERM')).toBe(0);
  },
  LIMIT_MS,
);
