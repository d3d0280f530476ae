import { randomUUID } from 'node:crypto';
import { useTestDatabase } from '../../../test/support/test-database';
import { inTransaction } from '../transaction';
import { findOpenRuns, requestRunAfterDrift, requestRuns, type OpenRun } from './request-runs';
import { endRun, renewRun, returnRun, takeRun, type RunOutcome, type TakenRun } from './run-lease';

const test = useTestDatabase();
const LEASE = 60_000;
let vendors = 0;
const newVendor = () => `vendor-${++vendors}`;

const items = (vendorId: string) => ({ vendorId, entity: 'items' }) as const;
const manual = (force = false) => ({ cause: 'manual', force, correlationId: 'c' }) as const;
async function request(vendorId: string, force = false): Promise<OpenRun> {
  const [run] = await requestRuns(test.pool, [items(vendorId)], manual(force));
  return run as OpenRun;
}
const drift = (vendorId: string, erpRoot = '1.a', hubRoot = '1.b') =>
  requestRunAfterDrift(test.pool, items(vendorId), { erpRoot, hubRoot, correlationId: 'h' });
const take = (run: OpenRun, durationMs = LEASE) => takeRun(test.pool, run, { token: randomUUID(), durationMs });
const taken = async (run: OpenRun) => (await take(run)) as TakenRun;
const end = (run: TakenRun, outcome: RunOutcome = 'in_sync', erpRoot: string | null = '1.a', hubRoot: string | null = '1.b') =>
  inTransaction(test.pool, 'begin', (client) => endRun(client, run, { outcome, erpRoot, hubRoot }));
const open = async (vendorId: string) => findOpenRuns(test.pool, 10, vendorId);

it('is one run for all who ask before a worker has it, forced when one of them forces it', async () => {
  const vendorId = newVendor();
  const beat = await drift(vendorId);
  const [first, second] = await Promise.all([request(vendorId), request(vendorId, true)]);
  expect([first.runId, second.runId]).toEqual([beat?.runId, beat?.runId]);
  expect(await taken(first)).toMatchObject({ cause: 'manual', force: true });
});

it('follows a run under way with one more, which alone is forced', async () => {
  const vendorId = newVendor();
  const run = await request(vendorId);
  const first = await taken(run);
  expect(await request(vendorId, true)).toMatchObject({ runId: run.runId });
  expect((await request(vendorId)).runId).toBe(run.runId);
  expect(await drift(vendorId)).toBeUndefined();
  expect(await end(first)).toBe(true);
  const [next] = await open(vendorId);
  expect(next?.runId).not.toBe(run.runId);
  const second = await taken(next as OpenRun);
  expect(second).toMatchObject({ cause: 'manual', force: true });
  expect(await end(second)).toBe(true);
  expect(await open(vendorId)).toEqual([]);
  expect(await taken(await request(vendorId))).toMatchObject({ force: false });
});

it('is taken by one of many workers, and by another when that one is silent', async () => {
  const vendorId = newVendor();
  const run = await request(vendorId);
  const takers = await Promise.all(Array.from({ length: 6 }, () => take(run, 1)));
  const first = takers.filter((one) => one !== undefined);
  expect(first).toHaveLength(1);
  await test.client.query('select pg_sleep(0.005)');
  const [again] = await open(vendorId);
  expect(again).toMatchObject({ runId: run.runId, takes: 1 });
  // An entry of the queue that is left over from the first time.
  expect(await take(run)).toBeUndefined();
  const second = await taken(again as OpenRun);
  expect(await renewRun(test.pool, first[0] as TakenRun, LEASE)).toBe(false);
  expect(await end(first[0] as TakenRun)).toBe(false);
  expect(await renewRun(test.pool, second, LEASE)).toBe(true);
  expect(await end(second)).toBe(true);
});

it('of one vendor is under way alone; a run that is given back can be had at once', async () => {
  const vendorId = newVendor();
  const [stock] = await requestRuns(test.pool, [{ vendorId, entity: 'stock' }], manual());
  const first = await taken(await request(vendorId));
  expect(await open(vendorId)).toEqual([]);
  expect(await take(stock as OpenRun)).toBeUndefined();
  await returnRun(test.pool, first);
  expect(await open(vendorId)).toHaveLength(2);
  expect(await take(stock as OpenRun)).toBeDefined();
});

it('is not begun by heartbeats again while both roots are what could not be mended', async () => {
  const vendorId = newVendor();
  await end(await taken((await drift(vendorId)) as OpenRun), 'unresolved');
  expect(await drift(vendorId)).toBeUndefined();
  await end(await taken((await drift(vendorId, '2.a')) as OpenRun), 'agent_unreachable', '2.a');
  // An agent that could not be asked is left alone for a while, whatever the roots are.
  expect(await drift(vendorId, '3.a')).toBeUndefined();
  await test.client.query(`update reconciliation_runs set ended_at = ended_at - interval '6 minutes' where vendor_id = $1`, [vendorId]);
  const again = await drift(vendorId, '2.a');
  expect(again).toBeDefined();
  // One whose answer was none names no roots to be told by.
  await end(await taken(again as OpenRun), 'unresolved', null, null);
  expect(await drift(vendorId, '4.a')).toBeUndefined();
});
