import {
  addAgent,
  AGAIN,
  claim,
  complete,
  FAILED,
  jobsOf,
  lettersOf,
  MODES,
  note,
  placeOrder,
  queue,
  readJob,
  readOrder,
} from '../../../test/support/delivery-fixture';
import { useTestDatabase } from '../../../test/support/test-database';
import { claimJob, startSending } from './claim-job';
import { awaitCallback, LONGEST_ERROR, noteAttempt, retryLater } from './end-attempt';
import { failJob } from './fail-job';
import { findExpired, findExpiredLeases, findLongQueued, findMissedCallbacks, findOfDeregistered } from './find-overdue';
import type { JobReference } from './job-reference';

const test = useTestDatabase();
let job: JobReference;
beforeAll(() => addAgent(test.pool, 'v1'));
beforeEach(async () => {
  await test.pool.query('truncate orders, order_items, sync_jobs, sync_job_attempts, dead_letter_queue cascade');
  job = await placeOrder(test.pool, 'v1');
});

const ASK = { ...AGAIN, mustAsk: true };
/** A job whose first call ended nobody knows how. */
async function unknownOutcome(): Promise<void> {
  const { leaseToken } = await claim(test.pool, job);
  await retryLater(test.pool, job, { leaseToken }, ASK, note(1));
}
async function accepted(): Promise<void> {
  const { leaseToken } = await claim(test.pool, job);
  expect(await awaitCallback(test.pool, job, leaseToken, 60_000, note(1))).toBe(true);
}
const attempts = async () =>
  (await test.pool.query<{ attempt: number; outcome: string | null }>('select attempt, outcome from sync_job_attempts order by attempt'))
    .rows;

describe('tries are counted', () => {
  it('when the ERP was told: once, however often it is asked afterwards', async () => {
    await unknownOutcome();
    const { leaseToken, mustAsk, attempt } = await claim(test.pool, job);
    expect({ mustAsk, attempt }).toEqual({ mustAsk: true, attempt: 2 });
    await awaitCallback(test.pool, job, leaseToken, 60_000, note(2));
    expect(await readJob(test.pool, job)).toMatchObject({ attempt_no: 2, sent_attempt: 1, attempts_spent: 1, must_ask: false });
  });

  it('again when it was told again in the same try', async () => {
    await unknownOutcome();
    const { leaseToken } = await claim(test.pool, job);
    expect(await startSending(test.pool, job, { token: leaseToken, durationMs: 60_000 })).toBe(true);
    await awaitCallback(test.pool, job, leaseToken, 60_000, note(2));
    expect(await readJob(test.pool, job)).toMatchObject({ attempt_no: 2, sent_attempt: 2, attempts_spent: 2 });
  });

  it('not twice when the agent calls back that one failed which it had accepted', async () => {
    await accepted();
    await retryLater(test.pool, job, { sentAttempt: 1 }, AGAIN);
    expect(await readJob(test.pool, job)).toMatchObject({ status: 'pending', attempts_spent: 1, error_code: 'server_error' });
  });

  it('and recorded, once each', async () => {
    await unknownOutcome();
    await noteAttempt(test.pool, job, { ...note(1), outcome: 'timeout' });
    await claim(test.pool, job);
    await complete(test.pool, job);
    await noteAttempt(test.pool, job, { ...note(2), outcome: 'completed' });
    expect(await attempts()).toEqual([
      { attempt: 1, outcome: 'server_error' },
      { attempt: 2, outcome: 'completed' },
    ]);
  });
});

describe('whether a job has to be asked after', () => {
  it('stays as it was when nothing is known of it', async () => {
    await unknownOutcome();
    const { leaseToken } = await claim(test.pool, job);
    await retryLater(test.pool, job, { leaseToken }, { ...AGAIN, mustAsk: undefined });
    expect(await readJob(test.pool, job)).toMatchObject({ must_ask: true });
  });

  it('waits for the deadline of the last call, however short the backoff is', async () => {
    const { leaseToken } = await claim(test.pool, job);
    await retryLater(test.pool, job, { leaseToken }, { ...ASK, delayMs: 0, askAfterMs: 30_000 });
    const { rows } = await test.pool.query('select next_attempt_at = ask_after as same, ask_after > now() as later from sync_jobs');
    expect(rows).toEqual([{ same: true, later: true }]);
  });

  it.each(['expired', 'agent_deregistered'] as const)(
    'is remembered of an accepted one that ends as %s: the ERP may have done it',
    async (code) => {
      await accepted();
      await failJob(test.pool, job, { atRest: true }, { ...FAILED, code, spent: false, mustAsk: undefined });
      expect(await readJob(test.pool, job)).toMatchObject({ status: 'failed', must_ask: true });
    },
  );

  it('is not made up of one that was never sent', async () => {
    await failJob(test.pool, job, { atRest: true }, { ...FAILED, code: 'expired', spent: false, mustAsk: undefined });
    expect(await readJob(test.pool, job)).toMatchObject({ status: 'failed', must_ask: false, attempts_spent: 0 });
    expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'failed', erp_sync_error: FAILED.reason });
  });
});

describe('what an agent says of its last call', () => {
  it('counts until the agent is asked, also of a job that is queued for that', async () => {
    await unknownOutcome();
    const dispatchNo = await queue(test.pool, job);
    expect(await retryLater(test.pool, job, { sentAttempt: 1 }, AGAIN)).toBe(true);
    expect(await readJob(test.pool, job)).toMatchObject({ status: 'pending', must_ask: false, attempts_spent: 1 });
    const entry = { ...job, dispatchNo };
    expect(await claimJob(test.pool, entry, { token: job.jobId, durationMs: 1_000 }, MODES)).toBeUndefined();
    const { rows } = await test.pool.query('select queued_at from sync_jobs');
    expect(rows).toEqual([{ queued_at: null }]);
  });

  it('is of no account for another call, or when its outcome is known', async () => {
    await accepted();
    for (const sentAttempt of [0, 2]) {
      expect(await retryLater(test.pool, job, { sentAttempt }, AGAIN)).toBe(false);
      expect(await failJob(test.pool, job, { sentAttempt }, FAILED)).toBeUndefined();
    }
    expect(await retryLater(test.pool, job, { sentAttempt: 1 }, AGAIN)).toBe(true);
    expect(await failJob(test.pool, job, { sentAttempt: 1 }, FAILED)).toBeUndefined();
    await queue(test.pool, job);
    expect(await failJob(test.pool, job, { sentAttempt: 1 }, FAILED)).toBeUndefined();
    expect(await lettersOf(test.pool, job.jobId)).toEqual([]);
  });
});

describe('a failed creation', () => {
  it('leaves one dead letter with what was to be done, and its order failed; a later job goes on waiting', async () => {
    await unknownOutcome();
    const { leaseToken } = await claim(test.pool, job);
    const id = await failJob(test.pool, job, { leaseToken }, { ...FAILED, reason: 'x'.repeat(LONGEST_ERROR + 1) }, note(2));
    const { rows } = await test.pool.query(
      `select id, vendor_id, operation, failure_code, length(failure_reason) as length, attempt_count, last_attempt_at is not null as tried,
         payload = (select payload from sync_jobs) as same from dead_letter_queue`,
    );
    const about = { id, vendor_id: 'v1', operation: 'create_order', failure_code: 'rejected', length: LONGEST_ERROR };
    expect(rows).toEqual([{ ...about, attempt_count: 2, tried: true, same: true }]);
  });

  it('does not fail an order when what failed was to cancel it', async () => {
    await claim(test.pool, job);
    await complete(test.pool, job);
    await test.pool.query(
      `insert into sync_jobs (vendor_id, order_id, operation, sequence, payload, attempts_allowed, expires_at, correlation_id)
       values ('v1', $1, 'cancel_order', 2, '{}', 5, now(), 'c')`,
      [job.orderId],
    );
    await test.pool.query(`update orders set erp_status = 'cancelling'`);
    const [, second] = await jobsOf(test.pool, job.orderId);
    await failJob(test.pool, { ...job, jobId: second?.id ?? '' }, { atRest: true }, FAILED);
    expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'cancelling', erp_sync_error: FAILED.reason });
  });
});

describe('what is overdue is found', () => {
  const found = async (find: Promise<{ jobId: string }[]>) => (await find).map(({ jobId }) => jobId);

  it('when a lease is over, and not before', async () => {
    await claim(test.pool, job);
    expect(await found(findExpiredLeases(test.pool))).toEqual([]);
    await test.pool.query(`update sync_jobs set lease_until = now() - interval '1 ms'`);
    expect(await findExpiredLeases(test.pool)).toMatchObject([{ ...job, attempt: 1, attemptsSpent: 0, attemptsAllowed: 5 }]);
    expect(await startSending(test.pool, job, { token: (await readJob(test.pool, job)).lease_token ?? '', durationMs: 1 })).toBe(false);
  });

  it('when it is queued for too long', async () => {
    const dispatchNo = await queue(test.pool, job);
    expect(await findLongQueued(test.pool, 60_000)).toEqual([]);
    await test.pool.query(`update sync_jobs set queued_at = now() - interval '61 s'`);
    expect(await findLongQueued(test.pool, 60_000)).toEqual([{ ...job, dispatchNo }]);
  });

  it('when a callback did not come', async () => {
    await accepted();
    expect(await findMissedCallbacks(test.pool)).toEqual([]);
    expect(await retryLater(test.pool, job, { callbackOverdue: true }, ASK)).toBe(false);
    await test.pool.query('update sync_jobs set callback_deadline_at = now()');
    expect(await findMissedCallbacks(test.pool)).toEqual([job]);
    expect(await retryLater(test.pool, job, { callbackOverdue: true }, ASK)).toBe(true);
  });

  it.each(['pending', 'awaiting_callback'])('when it is %s and too old, or of an agent that is gone', async (status) => {
    if (status === 'awaiting_callback') await accepted();
    expect([await findExpired(test.pool), await findOfDeregistered(test.pool)]).toEqual([[], []]);
    await test.pool.query('update sync_jobs set expires_at = now()');
    expect(await findExpired(test.pool)).toEqual([job]);
    await test.pool.query('update agent_registry set deregistered_at = now()');
    expect(await findOfDeregistered(test.pool)).toEqual([job]);
    await test.pool.query('update agent_registry set deregistered_at = null');
  });

  it('but not while a worker has it', async () => {
    await claim(test.pool, job);
    await test.pool.query('update sync_jobs set expires_at = now()');
    expect(await findExpired(test.pool)).toEqual([]);
    expect(await failJob(test.pool, job, { atRest: true }, FAILED)).toBeUndefined();
  });
});
