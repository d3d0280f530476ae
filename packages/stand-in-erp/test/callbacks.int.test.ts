import type { Fault } from '../src/faults';
import { startStandInErp, type StandInErp } from '../src/start';
import { SECRETS } from './support/call-headers';
import { makeCall, newJob, type CalledJob } from './support/calls';
import { eventually } from './support/eventually';
import { startListeningHub, type ListeningHub } from './support/listening-hub';

let erp: StandInErp;
let hub: ListeningHub;
let agentUrl: string;

beforeAll(async () => {
  hub = await startListeningHub();
  erp = await startStandInErp({ hubUrls: [hub.url] });
  ({ agentUrl } = await erp.addVendor({ vendorId: 'vendor-1', token: 'agent-token', ...SECRETS, heartbeatMs: 0 }));
});
afterAll(async () => {
  await erp.stop();
  await hub.stop();
});

async function createUnder(fault: Fault, job: CalledJob) {
  await erp.setPlan('vendor-1', [{ match: { call: 'create-order' }, fault }]);
  return makeCall(agentUrl, 'create-order', job);
}
const callbacksOf = (job: CalledJob) => hub.callbacks().filter(({ jobId }) => jobId === job.jobId);
const referencesOf = async (job: CalledJob) =>
  (await erp.ledger()).filter(({ jobId }) => jobId === job.jobId).map(({ reference }) => reference);

it('knows an accepted job before it is done, and calls back when it is', async () => {
  const job = newJob();
  expect(await createUnder({ kind: 'accept', delayMs: 400 }, job)).toMatchObject({ status: 202, json: { accepted: true } });
  expect(await makeCall(agentUrl, 'order-status', job)).toMatchObject({ json: { known: true, status: 'accepted' } });
  expect(await referencesOf(job)).toEqual([]);
  await eventually('the callback', () => callbacksOf(job).length === 1);
  const [erpReference] = await referencesOf(job);
  expect(callbacksOf(job)).toEqual([{ jobId: job.jobId, status: 'completed', attempt: 1, erpReference }]);
  const { headers } = hub.posts.find(({ body }) => body['jobId'] === job.jobId) ?? {};
  expect(headers).toMatchObject({ authorization: 'Bearer agent-token', 'x-vendor-id': 'vendor-1' });
});

it('calls back that an accepted job failed', async () => {
  const job = newJob();
  await createUnder({ kind: 'accept_then_fail', retryable: true, error: 'locked' }, job);
  await eventually('the callback', () => callbacksOf(job).length === 1);
  expect(callbacksOf(job)).toEqual([{ jobId: job.jobId, status: 'failed', attempt: 1, error: 'locked', retryable: true }]);
  expect(await referencesOf(job)).toEqual([]);
});

it('has its callback answered before it answers the call', async () => {
  const job = newJob();
  const reply = await createUnder({ kind: 'callback_first' }, job);
  expect(callbacksOf(job)).toHaveLength(1);
  expect(reply).toMatchObject({ status: 200, json: { status: 'completed', erpReference: callbacksOf(job)[0]?.['erpReference'] } });
});

it('repeats one callback as often as it is told', async () => {
  const job = newJob();
  expect(await createUnder({ kind: 'duplicate_callbacks', times: 3 }, job)).toMatchObject({ status: 202 });
  await eventually('all three', () => callbacksOf(job).length === 3);
  const [erpReference] = await referencesOf(job);
  for (const callback of callbacksOf(job)) expect(callback).toMatchObject({ status: 'completed', erpReference });
});

it('contradicts itself', async () => {
  const job = newJob();
  await createUnder({ kind: 'contradict' }, job);
  await eventually('both callbacks', () => callbacksOf(job).length === 2);
  expect(callbacksOf(job).map(({ status }) => status)).toEqual(['completed', 'failed']);
  expect(await referencesOf(job)).toHaveLength(1);
});

it('sends a callback again until the hub takes it', async () => {
  const job = newJob();
  hub.statuses.push(503, 500, 200);
  await createUnder({ kind: 'accept' }, job);
  await eventually('three posts', () => callbacksOf(job).length === 3);
  const before = await erp.counters();
  expect(before.callbacks.posted).toBeGreaterThan(before.callbacks.taken);
});

it('takes a refusal for an answer', async () => {
  const job = newJob();
  const { callbacks: before } = await erp.counters();
  hub.statuses.push(409);
  await createUnder({ kind: 'accept' }, job);
  await eventually('the refusal', async () => (await erp.counters()).callbacks.refused === before.refused + 1);
  expect(callbacksOf(job)).toHaveLength(1);
});

it('goes to the other hub when one is gone', async () => {
  const gone = await startListeningHub();
  await gone.stop();
  await erp.setHubs([gone.url, hub.url]);
  const jobs = [newJob(), newJob()];
  for (const job of jobs) await createUnder({ kind: 'accept' }, job);
  await eventually('both callbacks', () => jobs.every((job) => callbacksOf(job).length === 1));
  await erp.setHubs([hub.url]);
});

it('sends heartbeats while they are on', async () => {
  const beats = () => hub.posts.filter(({ path }) => path === '/api/agents/heartbeat').length;
  expect(beats()).toBe(0);
  await erp.updateVendor('vendor-1', { heartbeatMs: 20 });
  await eventually('heartbeats', () => beats() >= 3);
  await erp.updateVendor('vendor-1', { heartbeatMs: 0 });
  const { sent } = (await erp.counters()).heartbeats;
  await makeCall(agentUrl, 'order-status', newJob());
  expect((await erp.counters()).heartbeats.sent).toBe(sent);
});
