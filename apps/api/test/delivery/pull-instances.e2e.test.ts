import { redisCommands } from '@repo/dev-stack/redis-command';
import { startStandInErp, type StandInErp } from '@repo/stand-in-erp/start';
import { expectProblem } from '../security/security-fixture';
import { compare, connectVendor, FAST_DELIVERY, placeOrder, readJob, readOrder, settled, untilErpStatus } from '../support/erp';
import { eventually, startHub, type Hub } from '../support/hub';
import { completed, connectPollingAgent, fetchCall, poll, reply } from '../support/polling-agent';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const api = { ...FAST_DELIVERY, ROLE: 'api' };

/** Does the work; agents talk to the other two only. */
let worker: Hub;
let one: Hub;
let two: Hub;
let erp: StandInErp;
beforeAll(async () => {
  [erp, worker] = await Promise.all([startStandInErp(), startHub({ env: FAST_DELIVERY })]);
  [one, two] = await Promise.all([startHub({ beside: worker, env: api }), startHub({ beside: worker, env: api })]);
  await erp.setHubs([one.baseUrl, two.baseUrl]);
});
afterAll(async () => {
  await Promise.all([one, two].map((hub) => hub.stop()));
  await worker.stop();
  await erp.stop();
});

describe('a call', () => {
  it('is fetched from one instance and answered at another, once', async () => {
    const agent = await connectPollingAgent(one, 'both');
    const fetched = fetchCall(one, agent);
    const order = await placeOrder(two, 'both', 'N-both');
    const { callId } = await fetched;
    expect((await poll(two, agent, { waitSeconds: 0 })).body).toEqual({ calls: [] });
    expect((await reply(two, agent, callId, completed('SO-1'))).status).toBe(204);
    await untilErpStatus(one, order.id, 'confirmed');
    // Said again, here and there, also otherwise: it is answered alike and changes nothing.
    expect((await reply(one, agent, callId, completed('SO-1'))).status).toBe(204);
    expect((await reply(two, agent, callId, completed('SO-2'))).status).toBe(204);
    expect((await readOrder(one, order.id)).erp.erpReference).toBe('SO-1');
    expect(await readJob(one, order.jobId)).toMatchObject({ attemptNo: 1 });
  });

  it('is answered too late after its deadline, and is asked after then', async () => {
    const agent = await connectPollingAgent(one, 'late');
    const fetched = fetchCall(one, agent);
    const order = await placeOrder(one, 'late', 'N-late');
    const { callId, deadlineAt } = await fetched;
    await eventually(async () => (await readJob(one, order.jobId)).attempts[0]?.outcome === 'timeout');
    expect(Date.now()).toBeGreaterThan(Date.parse(deadlineAt));
    expectProblem(await reply(two, agent, callId, completed('SO-3')), 410, 'expired');
    const { callId: question, path } = await fetchCall(two, agent);
    expect(path).toBe('/sync/order-status');
    const known = { status: 200, body: { known: true, status: 'completed', erpReference: 'SO-4' } };
    expect((await reply(one, agent, question, known)).status).toBe(204);
    await untilErpStatus(one, order.id, 'confirmed');
    expect((await readOrder(one, order.id)).erp.erpReference).toBe('SO-4');
  });

  it('is unknown to an agent of another vendor, and so is one that nobody fetched', async () => {
    const [mine, theirs] = [await connectPollingAgent(one, 'mine'), await connectPollingAgent(one, 'theirs')];
    const fetched = fetchCall(one, mine);
    const order = await placeOrder(one, 'mine', 'N-mine');
    const { callId } = await fetched;
    expectProblem(await reply(two, theirs, callId, completed('SO-5')), 404, 'not_found');
    expectProblem(await reply(two, mine, NOBODY, completed('SO-5')), 404, 'not_found');
    await reply(two, mine, callId, completed('SO-6'));
    await untilErpStatus(one, order.id, 'confirmed');
    expectProblem(await reply(two, theirs, callId, completed('SO-5')), 404, 'not_found');
    expect((await readOrder(one, order.id)).erp.erpReference).toBe('SO-6');
  });

  it('that is open can be answered over the rate limit, one that is not cannot', async () => {
    const narrow = await startHub({ beside: worker, env: { ...api, RATE_LIMIT_AGENT: '1' } });
    try {
      const agent = await connectPollingAgent(one, 'limited');
      // Before the call is fetched: it stays open for a second only, and a first look at a token takes its time.
      await poll(narrow, agent, { waitSeconds: 0 });
      expectProblem(await poll(narrow, agent, { waitSeconds: 0 }), 429, 'rate_limited');
      expectProblem(await reply(narrow, agent, NOBODY, completed('SO-7')), 429, 'rate_limited');
      const fetched = fetchCall(one, agent);
      const order = await placeOrder(one, 'limited', 'N-limited');
      const { callId } = await fetched;
      expect((await reply(narrow, agent, callId, completed('SO-7'))).status).toBe(204);
      await untilErpStatus(one, order.id, 'confirmed');
      expectProblem(await reply(narrow, agent, callId, completed('SO-7')), 429, 'rate_limited');
    } finally {
      await narrow.stop();
    }
  });
});

it('orders go on while an instance ends, whose polls end empty and at once', async () => {
  await connectVendor(two, erp, 'going-on', { transport: 'pull', polling: { machines: 2 } });
  const agent = await connectPollingAgent(one, 'waiting');
  const first = await Promise.all(Array.from({ length: 10 }, (_, n) => placeOrder(two, 'going-on', `N-before-${n}`)));
  const polled = poll(one, agent, { waitSeconds: 30 });
  // It waits: one that comes while an instance ends would be answered as empty, too.
  await eventually(async () => (await redisCommands(worker.redisUrl, [['ZSCORE', 'hub:pull:polling', 'waiting']]))[0] !== null);
  const stopped = one.stop();
  expect(await polled).toMatchObject({ status: 200, body: { calls: [] } });
  const then = await Promise.all(Array.from({ length: 10 }, (_, n) => placeOrder(two, 'going-on', `N-after-${n}`)));
  expect(await stopped).toBe(0);
  for (const { id } of [...first, ...then]) await untilErpStatus(two, id, 'confirmed');
  const calls = await erp.calls('going-on');
  expect(new Set(calls.map(({ callId }) => callId)).size).toBe(calls.length);
  expect(await erp.ledger('going-on')).toHaveLength(20);
});

it('leaves the ERP and the hub in agreement about every order', async () => {
  await settled(worker.pool);
  const faults = await compare(worker.pool, erp);
  // Those that were answered by hand are in no ERP.
  expect(faults.filter((fault) => /N-(before|after)/.test(fault))).toEqual([]);
});
