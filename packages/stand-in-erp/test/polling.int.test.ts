import type { Fault } from '../src/faults';
import { SECRETS } from './support/call-headers';
import { newJob } from './support/calls';
import { eventually } from './support/eventually';
import { usePolledErp } from './support/polled-erp';
import { startPolledHub } from './support/polled-hub';

const polled = usePolledErp();

const reply = (callId: string) => eventually('the reply', () => polled.hub.replies.find((one) => one.callId === callId));
const polling = (times = 1) => eventually('a poll', () => polled.hub.waiting === times);

it('fetches a call, does what it says, and replies', async () => {
  await polled.addVendor();
  const job = newJob();
  const callId = polled.hub.offer('create-order', job);
  const { status, body, answered } = await reply(callId);
  const [entry] = await polled.ledger();
  expect({ status, body, answered }).toEqual({
    status: 200,
    body: { status: 'completed', erpReference: entry?.reference },
    answered: 204,
  });
  expect(await polled.calls()).toMatchObject([
    { call: 'create-order', callId, jobId: job.jobId, idempotencyKey: job.jobId, bearer: 'ok', signature: 'ok', fault: 'complete' },
  ]);
  const asked = polled.hub.offer('order-status', job);
  expect((await reply(asked)).body).toEqual({ known: true, status: 'completed', erpReference: entry?.reference });
  expect((await polled.counters()).replies).toEqual({ posted: 2, taken: 2, late: 0, refused: 0, givenUp: 0 });
});

it.each([
  ['signature', { ...SECRETS, signingSecret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` }],
  ['token', { ...SECRETS, outboundToken: 'out_2' }],
])('replies 401 to a call with a wrong %s, and does nothing', async (_, wrong) => {
  await polled.addVendor();
  expect(await reply(polled.hub.offer('create-order', newJob(), { secrets: wrong }))).toMatchObject({ status: 401 });
  expect(await polled.ledger()).toEqual([]);
});

it('replies 404 to a call that it does not know', async () => {
  await polled.addVendor();
  expect(await reply(polled.hub.offer('create-order', newJob(), { path: '/sync/all' }))).toMatchObject({ status: 404 });
});

it.each<[Fault, object]>([
  [{ kind: 'error_before_creating' }, { status: 500 }],
  [
    { kind: 'too_many', retryAfterSeconds: 7 },
    { status: 429, headers: { 'retry-after': '7' } },
  ],
  [
    { kind: 'redirect', location: 'http://127.0.0.1:1/' },
    { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
  ],
  [{ kind: 'garbage' }, { status: 200, body: '<html><body>Service page</body></html>' }],
  [{ kind: 'wrong_shape' }, { status: 200, body: { status: 'done', reference: 7 } }],
  [{ kind: 'accept' }, { status: 202, body: { accepted: true } }],
])('replies under %j as it would answer over HTTP', async (fault, expected) => {
  await polled.addVendor({ plan: [{ fault }] });
  expect(await reply(polled.hub.offer('create-order', newJob()))).toMatchObject(expected);
});

it.each<[Fault, number]>([
  [{ kind: 'drop_before_reading' }, 0],
  [{ kind: 'drop_after_creating' }, 1],
  [{ kind: 'hang' }, 0],
  [{ kind: 'hang_after_creating' }, 1],
])('never replies under %j, and works off what comes after it', async (fault, created) => {
  await polled.addVendor({ plan: [{ match: { orderNumber: 'SO-1' }, fault }] });
  const never = polled.hub.offer('create-order', newJob('SO-1'));
  await reply(polled.hub.offer('create-order', newJob('SO-2')));
  expect(polled.hub.replies.some(({ callId }) => callId === never)).toBe(false);
  expect((await polled.ledger()).filter(({ orderNumber }) => orderNumber === 'SO-1')).toHaveLength(created);
});

it('sends a reply that is too large, once', async () => {
  await polled.addVendor({ plan: [{ fault: { kind: 'huge', bytes: 11 * 1024 * 1024 } }] });
  polled.hub.offer('create-order', newJob());
  await eventually('the refusal', async () => {
    const { refused, givenUp } = (await polled.counters()).replies;
    return refused + givenUp === 1;
  });
  expect((await polled.counters()).replies.posted).toBe(1);
});

it('has one poll under way for every machine, and never more', async () => {
  await polled.addVendor({ polling: { machines: 2, waitSeconds: 0.2 } });
  await eventually('many polls', () => polled.hub.polls > 6);
  expect(polled.hub.mostWaiting).toBe(2);
});

it('takes the hubs in turn', async () => {
  const other = await startPolledHub();
  try {
    await polled.erp.setHubs([], [polled.hub.url, other.url]);
    await polled.addVendor({ polling: { waitSeconds: 0.05 } });
    await eventually('polls of both', () => polled.hub.polls > 1 && other.polls > 1);
  } finally {
    await polled.erp.setHubs([polled.hub.url]);
    await other.stop();
  }
});

it('repeats a reply until it is taken', async () => {
  await polled.addVendor();
  polled.hub.replyRefusals.push(503, 500, 429);
  const callId = polled.hub.offer('create-order', newJob());
  await eventually('the last one', () => polled.hub.replies.some(({ answered }) => answered === 204));
  expect(polled.hub.replies.map((one) => [one.callId, one.answered])).toEqual([503, 500, 429, 204].map((answered) => [callId, answered]));
  expect(await polled.ledger()).toHaveLength(1);
});

it('gives a reply up when the time of its call is over', async () => {
  await polled.addVendor();
  polled.hub.replyRefusals.push(...Array.from({ length: 50 }, () => 503));
  polled.hub.offer('create-order', newJob(), { deadlineMs: 400 });
  await eventually('the end of it', async () => (await polled.counters()).replies.givenUp === 1);
});

it('does not start what it fetched too late', async () => {
  await polled.addVendor();
  expect(await reply(polled.hub.offer('create-order', newJob(), { deadlineMs: -100 }))).toMatchObject({ status: 503, answered: 410 });
  expect(await polled.ledger()).toEqual([]);
  expect(await polled.counters()).toMatchObject({ late: 1, replies: { late: 1 } });
});

it('polls on when polls fail, but not in a spin', async () => {
  polled.hub.refusals.push(...Array.from({ length: 5 }, () => 503));
  await polled.addVendor();
  const began = performance.now();
  await polling();
  expect(performance.now() - began).toBeGreaterThan(300);
  expect(polled.hub.polls).toBe(6);
});

it('does not ask a hub in a spin that ends its polls at once', async () => {
  await polled.addVendor();
  await polling();
  polled.hub.endPolls();
  const began = performance.now();
  await eventually('more polls', () => polled.hub.polls > 5);
  expect(performance.now() - began).toBeGreaterThan(300);
});

it('ends its polls at once when its agent goes down, and polls again when it is up', async () => {
  await polled.addVendor();
  await polling();
  await polled.erp.pauseListening();
  await polling(0);
  const callId = polled.hub.offer('create-order', newJob());
  const { polls } = polled.hub;
  await polled.erp.resumeListening();
  await reply(callId);
  expect(polled.hub.polls).toBeGreaterThan(polls);
});

it('does not reply any more when its agent goes down', async () => {
  await polled.addVendor({ plan: [{ fault: { kind: 'slow', ms: 300, created: true } }] });
  const callId = polled.hub.offer('create-order', newJob('SO-1'));
  await eventually('the order', async () => (await polled.ledger()).length === 1);
  await polled.erp.pauseListening();
  await polled.erp.resumeListening();
  // As slow as the first one, and begun after it.
  await reply(polled.hub.offer('create-order', newJob('SO-2')));
  expect(polled.hub.replies.some((one) => one.callId === callId)).toBe(false);
});

it('polls again after kill -9, with the ledger that it had', async () => {
  await polled.addVendor();
  const job = newJob();
  await reply(polled.hub.offer('create-order', job));
  await polled.erp.kill();
  await polling(0);
  await polled.erp.start();
  expect(await reply(polled.hub.offer('order-status', job))).toMatchObject({ body: { known: true, status: 'completed' } });
});

it('turns from push to pull and back', async () => {
  await polled.addVendor({ transport: 'push' });
  expect((await polled.counters()).polls.sent).toBe(0);
  await polled.erp.updateVendor(polled.vendorId, { transport: 'pull' });
  await polling();
  await polled.erp.updateVendor(polled.vendorId, { transport: 'push' });
  await polling(0);
});

it('goes on with the same poll when only its plan changes', async () => {
  await polled.addVendor();
  await polling();
  await polled.erp.setPlan(polled.vendorId, [{ fault: { kind: 'reject', status: 422 } }]);
  expect(await reply(polled.hub.offer('create-order', newJob()))).toMatchObject({ status: 422 });
  expect(polled.hub.polls).toBeLessThanOrEqual(2);
});
