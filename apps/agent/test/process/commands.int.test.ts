import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentProcess } from '@repo/chaos-kit/installation/agent-process';
import type { SimulationReport } from '../../src/simulate/simulation-report';
import { AgentInstallation, API_SECRET } from './installation';

let installation: AgentInstallation;
beforeAll(async () => (installation = await AgentInstallation.start()), 120_000);
afterAll(() => installation.stop(), 120_000);

async function simulate(args: string): Promise<{ code: number | null; output: string; report: SimulationReport | undefined }> {
  const agent = new AgentProcess(installation.agent.folder, { ERP_SIMULATE_ADMIN_KEY: API_SECRET });
  const { code, output } = await agent.command(
    'simulate',
    '--hub',
    installation.hub.baseUrl,
    ...`--json --vendors 2 --items 50 ${args}`.split(' '),
  );
  const json = output.split('\n').find((line) => line.startsWith('{'));
  return { code, output, report: json === undefined ? undefined : (JSON.parse(json) as SimulationReport) };
}

it('finds both sides equal after changes, deletes, orders, cancels and faults, over pull and over push, and names what differs', async () => {
  const load = '--orders 30 --change-rate 100 --for 2 --settle 60 --faults error,slow,lost-batch --fault-rate 0.3';
  const runs = await Promise.all([simulate(`${load} --seed pull`), simulate(`${load} --seed push --transport push`)]);
  for (const { code, output, report } of runs) {
    const { deletes = 0, returns = 0, ordersCancelled = 0, snapshots = 0 } = report ?? {};
    expect({ code, report, output }).toMatchObject({
      code: 0,
      report: { equal: true, differing: [], changes: 200, ordersPlaced: 30, rows: 204 - 2 * (deletes - returns) },
    });
    for (const some of [deletes, returns, ordersCancelled, snapshots, Object.keys(report?.faults ?? {}).length])
      expect(some).toBeGreaterThan(0);
  }
  // Rows that the ERP of another run had are with the hub still; its orders are not held against this one.
  const again = '--orders 0 --change-rate 0 --for 1 --seed pull --items 49 --heartbeat-every';
  const { code, report } = await simulate(`${again} 20 --settle 0`);
  expect({ code, report }).toMatchObject({ code: 1, report: { equal: false } });
  expect(report?.differing.flatMap(({ examples }) => examples)).toContain('items A-49: in the hub, not in the ERP');
  // No snapshot is sent for them: the hub finds them by what heartbeats say, and asks.
  expect(await simulate(`${again} 0.3 --settle 60`)).toMatchObject({ code: 0, report: { equal: true, snapshots: 0 } });
}, 120_000);

it('compares both sides also when it is told to end while orders are placed without a pause', async () => {
  const agent = new AgentProcess(installation.agent.folder, { ERP_SIMULATE_ADMIN_KEY: API_SECRET });
  const sizes = '--json --vendors 1 --items 5 --seed cut --change-rate 0 --orders 1000000 --for 1000 --settle 60';
  agent.start('simulate', '--hub', installation.hub.baseUrl, ...sizes.split(' '));
  const { pool } = installation;
  const placed = async () => (await pool.query(`select from orders where vendor_id = 'sim-cut-001' limit 20`)).rowCount;
  while ((await placed()) !== 20) await sleep(50);
  expect(await agent.end('SIGINT')).toBe(0);
  const report = JSON.parse(agent.log().trimEnd().split('\n').at(-1) ?? '') as SimulationReport;
  expect(report).toMatchObject({ equal: true, cutShort: true, ordersLost: 0, ordersDoubled: 0, rowsDiffering: 0 });
  expect(report.ordersInErps).toBeGreaterThanOrEqual(20);
}, 120_000);

it('has the hub delete what is gone from the source, and sees drift', async () => {
  await installation.enrol();
  const { agent, pool } = installation;
  const write = (...skus: string[]) =>
    installation.write('export/items.csv', `CODE;LIBELLE;UNITE;TVA\n${skus.map((sku) => `${sku};name;PCE;T1\n`).join('')}`);
  const live = async () => {
    const { rows } = await pool.query<{ sku: string }>(`select sku from items where vendor_id = 'v1' and deleted_at is null order by sku`);
    return rows.map(({ sku }) => sku);
  };
  write('S-1', 'S-2', 'S-3', 'S-4', 'S-5', 'S-6');
  expect(await agent.command('push', '--full')).toMatchObject({ code: 0 });
  write('S-1', 'S-2', 'S-3', 'S-4', 'S-6');
  expect(await agent.command('push', '--full')).toMatchObject({
    code: 0,
    output: expect.stringContaining('1 gone from the source, 1 deleted at the hub') as string,
  });
  expect(await live()).toEqual(['S-1', 'S-2', 'S-3', 'S-4', 'S-6']);
  expect((await agent.command('doctor')).output).toContain('the hub has the same 5 items');
  // Too much at once: an empty export.
  write();
  expect(await agent.command('push', '--full')).toMatchObject({
    code: 1,
    output: expect.stringContaining('Look whether the source is all there') as string,
  });
  expect(await live()).toHaveLength(5);
  expect((await agent.command('doctor')).output).toContain('the hub has not the same items');
}, 120_000);

it('keeps nothing of a first try that failed, and never registers as somebody else than it is configured', async () => {
  const folder = path.join(installation.agent.folder, 'anew');
  mkdirSync(path.join(folder, 'export'), { recursive: true });
  const agent = new AgentProcess(folder);
  const { body } = await installation.admin('/api/admin/agents/v2/enrolment');
  const init = (vendor: string, code: string) =>
    agent.command('init', '--hub', installation.line.url, '--vendor', vendor, '--erp', 'Test', '--folder', 'export', '--code', code);
  expect(await init('v3', String(body['code']))).toMatchObject({
    code: 1,
    output: expect.stringContaining('does not know this enrolment code') as string,
  });
  expect(readdirSync(folder)).toEqual(['export']);
  expect(await init('v2', String(body['code']))).toMatchObject({ code: 0 });
  expect(await init('v3', 'enr_x')).toMatchObject({ code: 1, output: expect.stringContaining('says vendorId "v2"') as string });
}, 60_000);

it('rotates its secrets, works with the new ones, and not while the agent runs', async () => {
  await installation.enrol();
  const { agent } = installation;
  const secrets = () => JSON.parse(readFileSync(path.join(agent.folder, 'erp-agent.secrets.json'), 'utf8')) as Record<string, unknown>;
  const before = secrets();
  expect(await agent.command('rotate')).toMatchObject({ code: 0 });
  expect(secrets()).toMatchObject({ previous: { outboundToken: before['outboundToken'], signingSecret: before['signingSecret'] } });
  expect(secrets()['token']).not.toBe(before['token']);
  installation.write('export/items.csv', 'CODE;LIBELLE;UNITE;TVA\nS-1;name;PCE;T1\n');
  expect(await agent.command('push')).toMatchObject({ code: 0 });
  agent.start();
  while (!agent.log().includes('the agent is at work')) await sleep(50);
  // Its first heartbeat has said what it holds.
  expect(agent.log()).toContain('"drift":{"items":');
  const { code, output } = await agent.command('rotate');
  expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('Another erp-agent is at work here') as string });
  await agent.end('SIGTERM');
}, 120_000);
