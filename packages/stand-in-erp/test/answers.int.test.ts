import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { startStandInErp, type StandInErp } from '../src/start';
import { SECRETS, trusted } from './support/call-headers';
import { bodyOf, makeCall, newJob } from './support/calls';

let erp: StandInErp;
let agentUrl: string;

beforeAll(async () => {
  erp = await startStandInErp();
  ({ agentUrl } = await erp.addVendor({ vendorId: 'vendor-1', token: 'agent-token', ...SECRETS }));
});
afterAll(() => erp.stop());

const create = (job = newJob()) => makeCall(agentUrl, 'create-order', job);

it('creates an order and answers with its reference', async () => {
  const job = newJob();
  const reply = await create(job);
  const entry = (await erp.ledger()).find(({ jobId }) => jobId === job.jobId);
  expect(entry).toMatchObject({ ...job, vendorId: 'vendor-1', lines: 1, total: '12', cancelled: false, cancelCount: 0 });
  expect(reply).toMatchObject({ status: 200, json: { status: 'completed', erpReference: entry?.reference } });
});

it('makes a second order of a job that it is told twice', async () => {
  const job = newJob();
  await create(job);
  await create(job);
  const entries = (await erp.ledger()).filter(({ jobId }) => jobId === job.jobId);
  expect(new Set(entries.map(({ reference }) => reference)).size).toBe(2);
});

it('recognises a job when it is idempotent', async () => {
  const vendor = await erp.addVendor({ vendorId: 'careful', token: 'agent-token', ...SECRETS, idempotent: true });
  const job = newJob();
  const first = await makeCall(vendor.agentUrl, 'create-order', job);
  const second = await makeCall(vendor.agentUrl, 'create-order', job);
  expect(second).toMatchObject({ status: 200, json: (first as { json: unknown }).json });
  expect(await erp.ledger('careful')).toHaveLength(1);
});

it('cancels the order that was created, and counts every time that it is told to', async () => {
  const job = newJob();
  await create(job);
  const cancel = { ...newJob(), orderId: job.orderId, orderNumber: job.orderNumber };
  const entry = (await erp.ledger()).find(({ jobId }) => jobId === job.jobId);
  expect(await makeCall(agentUrl, 'cancel-order', cancel)).toMatchObject({
    status: 200,
    json: { status: 'completed', erpReference: entry?.reference },
  });
  await makeCall(agentUrl, 'cancel-order', cancel);
  const cancelled = (await erp.ledger()).find(({ jobId }) => jobId === job.jobId);
  expect(cancelled).toMatchObject({ cancelled: true, cancelCount: 2 });
});

it('writes down a cancel of what it does not have', async () => {
  const job = newJob();
  expect(await makeCall(agentUrl, 'cancel-order', job)).toMatchObject({ status: 200, json: { status: 'completed' } });
  expect((await erp.strayCancels()).map(({ jobId }) => jobId)).toContain(job.jobId);
});

it('says what became of a job, and that it does not know others', async () => {
  const job = newJob();
  expect(await makeCall(agentUrl, 'order-status', job)).toMatchObject({ status: 200, json: { known: false } });
  const reply = await create(job);
  const { erpReference } = (reply as { json: { erpReference: string } }).json;
  expect(await makeCall(agentUrl, 'order-status', job)).toMatchObject({ json: { known: true, status: 'completed', erpReference } });
});

it('answers order-status 404 when it has no such call', async () => {
  const vendor = await erp.addVendor({ vendorId: 'silent', token: 'agent-token', ...SECRETS, orderStatus: false });
  expect(await makeCall(vendor.agentUrl, 'order-status', newJob())).toMatchObject({ status: 404 });
});

it('does not start to create after the deadline', async () => {
  const job = newJob();
  const headers = { 'x-deadline': new Date(Date.now() - 1).toISOString() };
  const reply = await makeCall(agentUrl, 'create-order', job, { headers });
  expect(reply).toMatchObject({ status: 503 });
  expect((reply as { headers: Headers }).headers.has('retry-after')).toBe(false);
  expect(await makeCall(agentUrl, 'order-status', job)).toMatchObject({ json: { known: false } });
  expect((await erp.counters('vendor-1')).late).toBe(1);
});

it('refuses a body that breaks the contract, and says so in its log', async () => {
  const job = newJob();
  expect(await makeCall(agentUrl, 'create-order', job, { body: '{"jobId": 7}' })).toMatchObject({ status: 400 });
  expect(await makeCall(agentUrl, 'create-order', job, { body: 'not JSON' })).toMatchObject({ status: 400 });
  const broken = (await erp.calls()).filter(({ fault }) => fault === 'broke_contract');
  expect(broken).toHaveLength(2);
  expect(broken[0]?.breach).toContain('jobId');
});

it('logs what a call came with', async () => {
  const job = newJob();
  const headers = { 'x-correlation-id': 'corr-1', 'x-deadline': '2099-01-01T00:00:00.000Z' };
  await makeCall(agentUrl, 'create-order', job, { headers });
  await makeCall(agentUrl, 'create-order', job);
  const calls = (await erp.calls('vendor-1')).filter(({ jobId }) => jobId === job.jobId);
  const same = {
    ...job,
    vendorId: 'vendor-1',
    call: 'create-order',
    attempt: 1,
    idempotencyKey: job.jobId,
    fault: 'complete',
    bearer: 'ok',
    signature: 'ok',
  };
  expect(calls).toMatchObject([
    { ...same, nth: 1, correlationId: 'corr-1', deadline: headers['x-deadline'] },
    { ...same, nth: 2, correlationId: null, deadline: null },
  ]);
});

it('reads a gzipped call', async () => {
  const job = newJob();
  const body = JSON.stringify(bodyOf('create-order', job));
  const reply = await fetch(`${agentUrl}/sync/create-order`, {
    method: 'POST',
    headers: { 'content-encoding': 'gzip', ...trusted(body) },
    body: gzipSync(body),
  });
  expect(reply.status).toBe(200);
});

it('knows no other vendor, call or method', async () => {
  expect(await makeCall(erp.agentUrl('nobody'), 'create-order', newJob())).toMatchObject({ status: 404 });
  const post = async (path: string) => (await fetch(agentUrl + path, { method: 'POST', body: '{}', headers: trusted('{}') })).status;
  expect([await post('/sync/all'), await post('/sync/digest')]).toEqual([404, 501]);
  expect((await fetch(`${agentUrl}/sync/order-status`)).status).toBe(405);
});

describe('with secrets', () => {
  const outboundToken = 'outbound-token';
  const signingSecret = `whsec_${randomBytes(32).toString('base64')}`;
  let url: string;
  beforeAll(async () => {
    ({ agentUrl: url } = await erp.addVendor({ vendorId: 'strict', token: 'agent-token', outboundToken, signingSecret }));
  });

  const callWith = (token: string, secret: string, sent: (body: string) => string = (body) => body) => {
    const job = newJob();
    const body = JSON.stringify(bodyOf('create-order', job));
    const headers = trusted(body, { outboundToken: token, signingSecret: secret });
    return makeCall(url, 'create-order', job, { headers, body: sent(body) });
  };

  it('takes a call with the right token and signature', async () => {
    expect(await callWith(outboundToken, signingSecret)).toMatchObject({ status: 200 });
  });

  it('refuses another token, another signature, and a body that was changed on its way', async () => {
    const before = (await erp.ledger('strict')).length;
    expect(await callWith('another', signingSecret)).toMatchObject({ status: 401 });
    expect(await callWith(outboundToken, `whsec_${randomBytes(32).toString('base64')}`)).toMatchObject({ status: 401 });
    expect(await callWith(outboundToken, signingSecret, (body) => `${body} `)).toMatchObject({ status: 401 });
    expect(await erp.ledger('strict')).toHaveLength(before);
    const refused = (await erp.calls('strict')).filter(({ fault }) => fault === 'refused_credentials');
    expect(refused.map(({ bearer, signature }) => [bearer, signature])).toEqual([
      ['wrong', 'ok'],
      ['ok', 'wrong'],
      ['ok', 'wrong'],
    ]);
  });

  it('takes new secrets while it runs', async () => {
    await erp.updateVendor('strict', { outboundToken: 'next-token' });
    expect(await callWith('next-token', signingSecret)).toMatchObject({ status: 200 });
  });
});
