import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startStandInErp, type StandInErp } from '../src/start';
import { SECRETS } from './support/call-headers';
import { makeCall, newJob } from './support/calls';
import { eventually } from './support/eventually';
import { startListeningHub } from './support/listening-hub';

const stops: (() => unknown)[] = [];
const start = async (...args: Parameters<typeof startStandInErp>): Promise<StandInErp> => {
  const erp = await startStandInErp(...args);
  stops.push(() => erp.stop());
  return erp;
};
const folder = () => {
  const made = mkdtempSync(path.join(process.env['TEST_RESULTS_DIR'] ?? tmpdir(), 'stand-in-erp-test-'));
  stops.push(() => rmSync(made, { recursive: true }));
  return made;
};
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

it('has its ledger, its known jobs and its calls again after kill -9, on the same port', async () => {
  const erp = await start();
  const { agentUrl } = await erp.addVendor({
    vendorId: 'vendor-1',
    token: 'agent-token',
    ...SECRETS,
    plan: [{ match: { call: 'create-order', orderNumber: 'SO-2', nth: 2 }, fault: { kind: 'garbage' } }],
  });
  const [first, second] = [newJob('SO-1'), newJob('SO-2')];
  await makeCall(agentUrl, 'create-order', first);
  await makeCall(agentUrl, 'create-order', second);
  await makeCall(agentUrl, 'cancel-order', { ...newJob('SO-1'), orderId: first.orderId });
  const before = { ledger: await erp.ledger(), calls: await erp.calls() };

  await erp.restart();
  expect(await erp.ledger()).toEqual(before.ledger);
  expect(await erp.calls()).toEqual(before.calls);
  expect(erp.agentUrl('vendor-1')).toBe(agentUrl);
  expect(await makeCall(agentUrl, 'order-status', second)).toMatchObject({
    json: { known: true, status: 'completed', erpReference: before.ledger[1]?.reference },
  });
  // The plan goes on counting where it was.
  expect(await makeCall(agentUrl, 'create-order', second)).toMatchObject({ status: 200, json: undefined });
  const third = newJob('SO-3');
  await makeCall(agentUrl, 'create-order', third);
  expect(new Set((await erp.ledger()).map(({ reference }) => reference)).size).toBe(3);
});

it('refuses connections while it is dead', async () => {
  const erp = await start();
  const { agentUrl } = await erp.addVendor({ vendorId: 'vendor-1', token: 'agent-token', ...SECRETS });
  await erp.kill();
  expect(await makeCall(agentUrl, 'create-order', newJob())).toBe('refused');
  await expect(erp.ledger()).rejects.toThrow('does not run');
});

it('says when it ends although nobody here ended it, and only then', async () => {
  let ends = 0;
  const erp = await start({ onUnexpectedEnd: () => (ends += 1) });
  await erp.restart();
  expect(ends).toBe(0);
  process.kill(erp.pid as number, 'SIGKILL');
  await eventually('the news', () => ends === 1);
  expect(erp.pid).toBeUndefined();
  await erp.start();
  await erp.stop();
  expect(ends).toBe(1);
});

it('does what it had accepted when it is started again', async () => {
  const hub = await startListeningHub();
  stops.push(() => hub.stop());
  const erp = await start({ hubUrls: [hub.url] });
  const plan = [{ fault: { kind: 'accept' as const, delayMs: 60_000 } }];
  const { agentUrl } = await erp.addVendor({ vendorId: 'vendor-1', token: 'agent-token', ...SECRETS, heartbeatMs: 0, plan });
  const job = newJob();
  await makeCall(agentUrl, 'create-order', job);
  expect(await erp.ledger()).toEqual([]);
  await erp.restart();
  await eventually('the callback', () => hub.callbacks().length === 1);
  const [entry] = await erp.ledger();
  expect(hub.callbacks()).toMatchObject([{ jobId: job.jobId, status: 'completed', erpReference: entry?.reference }]);
});

it('takes a last line that a kill cut short for something that did not happen', async () => {
  const ledgerFile = path.join(folder(), 'ledger.jsonl');
  const erp = await start({ ledgerFile });
  const { agentUrl } = await erp.addVendor({ vendorId: 'vendor-1', token: 'agent-token', ...SECRETS });
  await makeCall(agentUrl, 'create-order', newJob());
  await erp.kill();
  appendFileSync(ledgerFile, '{"type":"created","refer');
  await erp.start();
  await makeCall(agentUrl, 'create-order', newJob());
  await erp.restart();
  expect(await erp.ledger()).toHaveLength(2);
});

it('keeps the orders of many vendors apart', async () => {
  const erp = await start();
  const ids = ['vendor-1', 'vendor-2', 'vendor.3'];
  const urls = await Promise.all(
    ids.map(async (vendorId) => (await erp.addVendor({ vendorId, token: 'agent-token', ...SECRETS })).agentUrl),
  );
  await Promise.all(urls.map((url) => makeCall(url, 'create-order', newJob('SO-SAME'))));
  for (const vendorId of ids) expect(await erp.ledger(vendorId)).toMatchObject([{ vendorId, orderNumber: 'SO-SAME' }]);
  expect(await erp.ledger()).toHaveLength(3);
  expect((await erp.counters()).created).toBe(3);
  expect((await erp.counters('vendor-2')).calls).toEqual({ 'create-order': 1, 'cancel-order': 0, 'order-status': 0 });
});

it('ends with the process that started it, even by kill -9', async () => {
  const ledgerFile = path.join(folder(), 'ledger.jsonl');
  const code = `
    const { startStandInErp } = require(${JSON.stringify(path.join(__dirname, '..', 'dist', 'start.js'))});
    startStandInErp({ ledgerFile: ${JSON.stringify(ledgerFile)} }).then((erp) => console.log(erp.pid));`;
  const parent = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);
  // Only where the promise is broken: an orphan would keep this run from ending.
  stops.push(() => isAlive(pid) && process.kill(pid));
  parent.kill('SIGKILL');
  await eventually('the end of the ERP', () => !isAlive(pid));
});

it('takes its own ledger away when it is stopped, and leaves one that was put somewhere', async () => {
  const ledgerFile = path.join(folder(), 'ledger.jsonl');
  const erp = await startStandInErp({ ledgerFile });
  await erp.stop();
  expect(existsSync(ledgerFile)).toBe(true);
  const own = await startStandInErp();
  const kept = own as unknown as { ledgerFile: string };
  expect(existsSync(kept.ledgerFile)).toBe(true);
  await own.stop();
  expect(existsSync(kept.ledgerFile)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
