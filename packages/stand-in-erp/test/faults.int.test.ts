import type { Fault } from '../src/faults';
import { startStandInErp, type StandInErp } from '../src/start';
import { SECRETS, trusted } from './support/call-headers';
import { briefly, makeCall, newJob, type CalledJob, type Reply } from './support/calls';
import { eventually } from './support/eventually';

let erp: StandInErp;
let agentUrl: string;

beforeAll(async () => {
  erp = await startStandInErp();
  ({ agentUrl } = await erp.addVendor({ vendorId: 'vendor-1', token: 'agent-token', ...SECRETS }));
});
afterAll(() => erp.stop());

/** Makes one call under a fault; says what came back, and how many orders that made. */
async function under(fault: Fault, job: CalledJob = newJob(), options = {}): Promise<{ reply: Reply; created: number }> {
  await erp.setPlan('vendor-1', [{ fault }]);
  const reply = await makeCall(agentUrl, 'create-order', job, options);
  return { reply, created: await createdBy(job) };
}

const createdBy = async (job: CalledJob) => (await erp.ledger()).filter(({ jobId }) => jobId === job.jobId).length;

async function statusOf(job: CalledJob): Promise<unknown> {
  await erp.setPlan('vendor-1', []);
  const reply = await makeCall(agentUrl, 'order-status', job);
  return (reply as { json: unknown }).json;
}

describe('nothing is done, and the job stays unknown, when it', () => {
  it.each<[Fault, unknown]>([
    [{ kind: 'drop_before_reading' }, 'cut'],
    [{ kind: 'error_before_creating' }, { status: 500 }],
    [{ kind: 'hang' }, 'nothing'],
    [{ kind: 'too_many' }, { status: 429 }],
    [{ kind: 'unavailable' }, { status: 503 }],
    [{ kind: 'unauthorized' }, { status: 401 }],
    [{ kind: 'forbidden' }, { status: 403 }],
    [{ kind: 'reject', status: 422 }, { status: 422 }],
    [{ kind: 'redirect', location: 'http://127.0.0.1:1/' }, { status: 302 }],
    [{ kind: 'garbage' }, { status: 200, json: undefined }],
    [{ kind: 'wrong_shape' }, { status: 200, json: { status: 'done' } }],
  ])('answers by %j', async (fault, expected) => {
    const job = newJob();
    const { reply, created } = await under(fault, job, briefly);
    if (typeof expected === 'string') expect(reply).toBe(expected);
    else expect(reply).toMatchObject(expected as object);
    expect(created).toBe(0);
    expect(await statusOf(job)).toEqual({ known: false });
  });
});

describe('the order is created all the same when it', () => {
  it.each<[Fault, unknown]>([
    [{ kind: 'drop_after_creating' }, 'cut'],
    [{ kind: 'error_after_creating' }, { status: 500 }],
    [{ kind: 'hang_after_creating' }, 'nothing'],
    [
      { kind: 'garbage', created: true },
      { status: 200, json: undefined },
    ],
    [
      { kind: 'wrong_shape', created: true },
      { status: 200, json: { status: 'done' } },
    ],
    [{ kind: 'huge', bytes: 1_000_000, created: true }, { status: 200 }],
    [{ kind: 'accept_silently' }, { status: 202, json: { accepted: true } }],
  ])('answers by %j', async (fault, expected) => {
    const job = newJob();
    const { reply, created } = await under(fault, job, fault.kind === 'hang_after_creating' ? briefly : {});
    if (typeof expected === 'string') expect(reply).toBe(expected);
    else expect(reply).toMatchObject(expected as object);
    expect(created).toBe(1);
    expect(await statusOf(job)).toMatchObject({ known: true, status: 'completed' });
  });
});

it('says for how long to stay away', async () => {
  for (const kind of ['too_many', 'unavailable'] as const) {
    const { reply } = await under({ kind, retryAfterSeconds: 7 });
    expect((reply as { headers: Headers }).headers.get('retry-after')).toBe('7');
    const { reply: plain } = await under({ kind });
    expect((plain as { headers: Headers }).headers.has('retry-after')).toBe(false);
  }
});

it('names where a redirect leads', async () => {
  const { reply } = await under({ kind: 'redirect', location: 'http://127.0.0.1:1/elsewhere' });
  expect((reply as { headers: Headers }).headers.get('location')).toBe('http://127.0.0.1:1/elsewhere');
});

it('answers with exactly as many bytes as a huge reply has', async () => {
  const { reply } = await under({ kind: 'huge', bytes: 3_000_001 });
  expect((reply as { text: string }).text).toHaveLength(3_000_001);
});

it('goes on when a caller has enough of a huge reply', async () => {
  await erp.setPlan('vendor-1', [{ match: { nth: 1 }, fault: { kind: 'huge', bytes: 500_000_000 } }]);
  const job = newJob();
  const abort = new AbortController();
  const body = JSON.stringify({ ...job });
  const reply = await fetch(`${agentUrl}/sync/order-status`, { method: 'POST', body, headers: trusted(body), signal: abort.signal });
  await reply.body?.getReader().read();
  abort.abort();
  expect(await makeCall(agentUrl, 'order-status', job)).toMatchObject({ status: 200, json: { known: false } });
});

it('fails a job for good or for now, and remembers which', async () => {
  const job = newJob();
  const { reply, created } = await under({ kind: 'fail', retryable: false, error: 'customer is blocked' }, job);
  expect(reply).toMatchObject({ status: 200, json: { status: 'failed', error: 'customer is blocked', retryable: false } });
  expect(created).toBe(0);
  expect(await statusOf(job)).toEqual({ known: true, status: 'failed', error: 'customer is blocked', retryable: false });
  expect((await under({ kind: 'fail', retryable: true })).reply).toMatchObject({ json: { status: 'failed', retryable: true } });
});

it('takes its time before it creates, or after', async () => {
  const before = newJob();
  expect(await under({ kind: 'slow', ms: 1_000 }, before, briefly)).toEqual({ reply: 'nothing', created: 0 });
  const after = newJob();
  expect(await under({ kind: 'slow', ms: 1_000, created: true }, after, briefly)).toEqual({ reply: 'nothing', created: 1 });
  expect((await under({ kind: 'slow', ms: 50 })).reply).toMatchObject({ status: 200, json: { status: 'completed' } });
});

it('does not start after the deadline what it was too slow to start before', async () => {
  const headers = { 'x-deadline': new Date(Date.now() + 100).toISOString() };
  const { reply, created } = await under({ kind: 'slow', ms: 300 }, newJob(), { headers });
  expect(reply).toMatchObject({ status: 503 });
  expect(created).toBe(0);
});

it('applies to a question only what happens to its reply', async () => {
  for (const kind of ['accept', 'contradict', 'callback_first'] as const) {
    await erp.setPlan('vendor-1', [{ fault: { kind } }]);
    expect(await makeCall(agentUrl, 'order-status', newJob())).toMatchObject({ status: 200, json: { known: false } });
  }
  await erp.setPlan('vendor-1', [{ fault: { kind: 'drop_after_creating' } }]);
  expect(await makeCall(agentUrl, 'order-status', newJob())).toBe('cut');
});

it('follows a plan call by call', async () => {
  const job = newJob('SO-PLANNED');
  await erp.setPlan('vendor-1', [
    { match: { call: 'create-order', orderNumber: 'SO-PLANNED', nth: 1 }, fault: { kind: 'error_before_creating' } },
    { match: { call: 'create-order', orderNumber: 'SO-PLANNED', nth: 2 }, fault: { kind: 'too_many' } },
  ]);
  const statuses = [];
  for (let nth = 1; nth <= 3; nth += 1) statuses.push(((await makeCall(agentUrl, 'create-order', job)) as { status: number }).status);
  expect(statuses).toEqual([500, 429, 200]);
  expect(await createdBy(job)).toBe(1);
});

it('refuses connections while it does not listen, and cuts the open ones', async () => {
  await erp.setPlan('vendor-1', [{ match: { call: 'create-order' }, fault: { kind: 'hang' } }]);
  const hanging = makeCall(agentUrl, 'create-order', newJob());
  await eventually('the call', async () => (await erp.calls()).at(-1)?.fault === 'hang');
  await erp.pauseListening();
  expect(await hanging).toBe('cut');
  expect(await makeCall(agentUrl, 'order-status', newJob())).toBe('refused');
  await erp.resumeListening();
  expect(await makeCall(agentUrl, 'order-status', newJob())).toMatchObject({ status: 200 });
});
