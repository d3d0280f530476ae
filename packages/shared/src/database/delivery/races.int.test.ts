import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import {
  addAgent,
  AGAIN,
  cancel,
  claim,
  complete,
  FAILED,
  jobsOf,
  lettersOf,
  makeDeadLetter,
  MODES,
  note,
  placeOrder,
  queue,
  readJob,
  readOrder,
  untilBlocked,
} from '../../../test/support/delivery-fixture';
import { useTestDatabase } from '../../../test/support/test-database';
import { changeAgent } from '../repositories/agent-registry.repository';
import { claimJob, putBack } from './claim-job';
import { cancelByHand, closeLetter, confirmByHand, keepOrder, lockOrderOf, referenceOfLetter, reopenJob } from './close-dead-letter';
import { awaitCallback, retryLater } from './end-attempt';
import { failJob } from './fail-job';
import { releaseSuccessors } from './find-overdue';
import type { JobReference } from './job-reference';

const test = useTestDatabase({ poolSize: 24 });
let job: JobReference;
beforeAll(() => addAgent(test.pool, 'v1'));
beforeEach(async () => {
  job = await placeOrder(test.pool, 'v1');
});

const lease = () => ({ token: randomUUID(), durationMs: 60_000 });
const takeUp = (dispatchNo: number) => claimJob(test.pool, { ...job, dispatchNo }, lease(), MODES);
const times = <T>(count: number, work: (i: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, i) => work(i)));

/** Runs `work` while its order is locked, so that it has begun but cannot go on; `meanwhile` commits first. */
async function overtake<T>(work: () => Promise<T>, meanwhile: (client: PoolClient) => Promise<unknown>) {
  const client = await test.pool.connect();
  try {
    await client.query('begin');
    await client.query('select from orders where id = $1 for update', [job.orderId]);
    const overtaken = work();
    await untilBlocked(test.pool);
    await meanwhile(client);
    await client.query('commit');
    return await overtaken;
  } finally {
    client.release();
  }
}

/** A dead letter whose order was given up by a person. */
async function givenUp(): Promise<void> {
  const id = await makeDeadLetter(test.pool, job);
  const letter = { id, ...job, operation: 'create_order' as const };
  await test.database.db.transaction(async (tx) => {
    await lockOrderOf(tx, letter);
    await closeLetter(tx, letter, { resolution: 'resolved', by: 'Jeanne' });
    await cancelByHand(tx, letter, { resolution: 'resolved', by: 'Jeanne' });
  });
}

describe('two workers that claim one job', () => {
  it('never both get it', async () => {
    const dispatchNo = await queue(test.pool, job);
    const got = (await times(10, () => takeUp(dispatchNo))).filter((each) => each !== undefined);
    expect(got).toHaveLength(1);
    expect(await readJob(test.pool, job)).toMatchObject({ status: 'processing', attempt_no: 1, lease_token: got[0]?.leaseToken });
    const { rows } = await test.pool.query('select attempt from sync_job_attempts where job_id = $1', [job.jobId]);
    expect(rows).toEqual([{ attempt: 1 }]);
  });

  it('get nothing by an offer that was taken back, also when it was offered again', async () => {
    const first = await queue(test.pool, job);
    expect(await times(5, () => putBack(test.pool, { ...job, dispatchNo: first }))).toEqual(
      expect.arrayContaining([true, false, false, false, false]),
    );
    expect(await takeUp(first)).toBeUndefined();
    const second = await queue(test.pool, job);
    expect(await takeUp(first)).toBeUndefined();
    expect(await putBack(test.pool, { ...job, dispatchNo: first })).toBe(false);
    expect(await takeUp(second)).toMatchObject({ attempt: 1 });
  });
});

describe('a claim and a cancellation', () => {
  it('end as if one had come after the other, whichever is faster', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 30; round++) {
      job = await placeOrder(test.pool, 'v1');
      const dispatchNo = await queue(test.pool, job);
      const racing = [() => takeUp(dispatchNo), () => cancel(test.database, job.orderId)];
      await Promise.all((round % 2 === 0 ? racing : racing.reverse()).map((each) => each()));
      const states = (await jobsOf(test.pool, job.orderId)).map(({ operation, status, held_reason }) => [operation, status, held_reason]);
      const order = (await readOrder(test.pool, job.orderId))?.erp_status;
      seen.add(JSON.stringify([order, states]));
    }
    const cancelled = JSON.stringify(['cancelled', [['create_order', 'cancelled', null]]]);
    const waits = ['cancel_order', 'pending', 'earlier_job'];
    const behind = JSON.stringify(['cancelling', [['create_order', 'processing', null], waits]]);
    expect([cancelled, behind]).toEqual(expect.arrayContaining([...seen]));
  });

  it('leave nothing to claim when the order is cancelled while the claim waits', async () => {
    const dispatchNo = await queue(test.pool, job);
    const claimed = await overtake(
      () => takeUp(dispatchNo),
      (client) => client.query(`update sync_jobs set status = 'cancelled' where id = $1`, [job.jobId]),
    );
    expect(claimed).toBeUndefined();
    expect(await readJob(test.pool, job)).toMatchObject({ status: 'cancelled', attempt_no: 0 });
  });
});

describe('a claim and an admin who disables the agent', () => {
  afterEach(() => changeAgent(test.database.db, 'v1', { enabled: true }));

  it('leave the job claimed or unspent in the queue, and nothing is claimed once it is disabled', async () => {
    const dispatchNo = await queue(test.pool, job);
    const [, claimed] = await Promise.all([changeAgent(test.database.db, 'v1', { enabled: false }), takeUp(dispatchNo)]);
    const { status, attempt_no } = await readJob(test.pool, job);
    expect([status, attempt_no]).toEqual(claimed === undefined ? ['queued', 0] : ['processing', 1]);
    job = await placeOrder(test.pool, 'v1');
    expect(await takeUp(await queue(test.pool, job))).toBeUndefined();
    expect(await readJob(test.pool, job)).toMatchObject({ status: 'queued', attempt_no: 0, lease_token: null });
  });
});

it('claims nothing that was offered before the agent refused the hub, and what is offered afterwards to see whether it still does', async () => {
  const before = await queue(test.pool, job);
  await test.pool.query(`update agent_registry set unauthorized_since = clock_timestamp()`);
  try {
    expect(await takeUp(before)).toBeUndefined();
    await putBack(test.pool, { ...job, dispatchNo: before });
    expect(await takeUp(await queue(test.pool, job))).toMatchObject({ agent: { unauthorized: true } });
  } finally {
    await test.pool.query(`update agent_registry set unauthorized_since = null`);
  }
});

describe('a worker and a sweep that end the same try', () => {
  const ends = {
    retryLater: (leaseToken: string): Promise<unknown> => retryLater(test.pool, job, { leaseToken }, AGAIN, note(1)),
    failJob: (leaseToken: string): Promise<unknown> => failJob(test.pool, job, { leaseToken }, FAILED, note(1)),
    awaitCallback: (leaseToken: string): Promise<unknown> => awaitCallback(test.pool, job, leaseToken, 60_000, note(1)),
  };
  type End = keyof typeof ends;
  const ended: Record<End, [string, string[]]> = {
    retryLater: ['pending', []],
    failJob: ['failed', ['open']],
    awaitCallback: ['awaiting_callback', []],
  };

  it.each<[End, End]>([
    ['retryLater', 'failJob'],
    ['retryLater', 'awaitCallback'],
    ['failJob', 'awaitCallback'],
    ['failJob', 'failJob'],
    ['retryLater', 'retryLater'],
  ])('never both win: %s and %s', async (one, other) => {
    for (let round = 0; round < 10; round++) {
      job = await placeOrder(test.pool, 'v1');
      const { leaseToken } = await claim(test.pool, job);
      const names = round % 2 === 0 ? [one, other] : [other, one];
      const won = await Promise.all(names.map((name) => ends[name](leaseToken)));
      const winners = names.filter((_, i) => won[i] !== false && won[i] !== undefined);
      expect(winners).toHaveLength(1);
      const { status, attempts_spent } = await readJob(test.pool, job);
      expect([status, await lettersOf(test.pool, job.jobId)]).toEqual(winners[0] && ended[winners[0]]);
      expect(attempts_spent).toBe(1);
    }
  });

  it.each<End>(['retryLater', 'failJob', 'awaitCallback'])('lose to a completion, or it completes what they left: %s', async (name) => {
    for (let round = 0; round < 10; round++) {
      job = await placeOrder(test.pool, 'v1');
      const { leaseToken } = await claim(test.pool, job);
      const racing: (() => Promise<unknown>)[] = [() => complete(test.pool, job), () => ends[name](leaseToken)];
      await Promise.all((round % 2 === 0 ? racing : racing.reverse()).map((each) => each()));
      expect(await readJob(test.pool, job)).toMatchObject({ status: 'completed', lease_token: null, must_ask: false, error_code: null });
      expect(await readOrder(test.pool, job.orderId)).toEqual({ erp_status: 'confirmed', erp_reference: 'SO-1', erp_sync_error: null });
      expect(await lettersOf(test.pool, job.jobId)).not.toContain('open');
    }
  });

  it('leave no dead letter open when the completion had begun before the failure', async () => {
    const { leaseToken } = await claim(test.pool, job);
    const done = await overtake(
      () => complete(test.pool, job),
      (client) => failJob(client, job, { leaseToken }, FAILED),
    );
    expect(done).toMatchObject({ was: 'failed', closedDeadLetter: true });
    expect(await lettersOf(test.pool, job.jobId)).toEqual(['late_callback']);
    expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'confirmed', erp_sync_error: null });
  });

  it('cannot start again what is completed', async () => {
    const { leaseToken } = await claim(test.pool, job);
    await complete(test.pool, job);
    for (const end of Object.values(ends)) expect(await end(leaseToken)).toBeFalsy();
    expect(await readJob(test.pool, job)).toMatchObject({ status: 'completed' });
  });
});

describe('many completions of one job', () => {
  it('have one effect, and close its dead letter once', async () => {
    await makeDeadLetter(test.pool, job);
    const done = await times(20, (i) => complete(test.pool, job, { erpReference: `SO-${i}` }));
    const effects = done.flatMap((each, i) => (each === undefined ? [] : [[`SO-${i}`, each]]));
    expect(effects).toEqual([[expect.any(String), { was: 'failed', cancelsBehind: false, closedDeadLetter: true }]]);
    expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'confirmed', erp_reference: effects[0]?.[0] });
    expect(await lettersOf(test.pool, job.jobId)).toEqual(['late_callback']);
  });

  it('are nothing before a try has started', async () => {
    expect(await times(5, () => complete(test.pool, job))).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(await readJob(test.pool, job)).toMatchObject({ status: 'pending' });
  });

  it('of an order that was given up queue its cancellation once', async () => {
    await givenUp();
    expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'cancelled' });
    const done = await times(10, () => complete(test.pool, job));
    expect(done.filter((each) => each?.cancelsBehind === true)).toHaveLength(1);
    // Raised by the completion itself, whoever brought it: no crash comes between.
    const alerts = await test.pool.query('select kind, vendor_id, cleared_at from alerts where subject = $1', [job.orderId]);
    expect(alerts.rows).toEqual([{ kind: 'late_callback_after_cancel', vendor_id: job.vendorId, cleared_at: null }]);
    expect(await jobsOf(test.pool, job.orderId)).toMatchObject([
      { operation: 'create_order', status: 'completed' },
      { operation: 'cancel_order', status: 'pending', sequence: 2, held_reason: null, payload: { orderNumber: expect.any(String) } },
    ]);
    expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'cancelling', erp_reference: 'SO-1' });
  });
});

describe('a completion and what waits behind it', () => {
  it('lets a cancellation go on at the latest by the sweep, also when the two cross', async () => {
    for (let round = 0; round < 20; round++) {
      job = await placeOrder(test.pool, 'v1');
      await claim(test.pool, job);
      await Promise.all([complete(test.pool, job), cancel(test.database, job.orderId)]);
      await releaseSuccessors(test.pool);
      expect(await jobsOf(test.pool, job.orderId)).toMatchObject([{ status: 'completed' }, { status: 'pending', held_reason: null }]);
      expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'cancelling' });
    }
  });

  it('is swept up when the cancellation was written while the completion waited', async () => {
    await claim(test.pool, job);
    await overtake(
      () => complete(test.pool, job),
      (client) =>
        client.query(
          `with job as (
             insert into sync_jobs (vendor_id, order_id, operation, sequence, payload, held_reason, attempts_allowed, expires_at, correlation_id)
             values ('v1', $1, 'cancel_order', 2, '{}', 'earlier_job', 5, now() + interval '1 hour', 'c'))
           update orders set erp_status = 'cancelling' where id = $1`,
          [job.orderId],
        ),
    );
    expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'cancelling', erp_reference: 'SO-1' });
    expect((await jobsOf(test.pool, job.orderId))[1]).toMatchObject({ held_reason: 'earlier_job' });
    await releaseSuccessors(test.pool);
    expect((await jobsOf(test.pool, job.orderId))[1]).toMatchObject({ status: 'pending', held_reason: null });
  });

  it('releases one that it can see at once', async () => {
    await claim(test.pool, job);
    await cancel(test.database, job.orderId);
    expect((await jobsOf(test.pool, job.orderId))[1]).toMatchObject({ held_reason: 'earlier_job' });
    await complete(test.pool, job);
    expect((await jobsOf(test.pool, job.orderId))[1]).toMatchObject({ status: 'pending', held_reason: null });
  });

  it('tells the ERP of a cancellation once: when it has done one after all, another one that waits is not sent', async () => {
    await claim(test.pool, job);
    await complete(test.pool, job);
    await cancel(test.database, job.orderId);
    const [, first] = await jobsOf(test.pool, job.orderId);
    const cancelling = { ...job, jobId: first?.id ?? '' };
    const letter = (await referenceOfLetter(test.database.db, await makeDeadLetter(test.pool, cancelling))) ?? fail();
    await test.database.db.transaction(async (tx) => {
      await closeLetter(tx, letter, { resolution: 'resolved', by: 'Jeanne' });
      await keepOrder(tx, letter, 'too late', null);
    });
    expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'confirmed', erp_sync_error: 'too late' });
    await cancel(test.database, job.orderId);
    await complete(test.pool, cancelling);
    expect((await jobsOf(test.pool, job.orderId)).map(({ status }) => status)).toEqual(['completed', 'completed', 'cancelled']);
    expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'cancelled' });
  });
});

describe('a person who decides about a dead letter, another one, and a late callback', () => {
  it('have one winner', async () => {
    const winners = new Set<string>();
    for (let round = 0; round < 24; round++) {
      job = await placeOrder(test.pool, 'v1');
      const letter = { id: await makeDeadLetter(test.pool, job), ...job, operation: 'create_order' as const };
      const close = (resolution: 'retried' | 'resolved', then: 'reopen' | 'confirm' | 'give up') =>
        test.database.db.transaction(async (tx) => {
          await lockOrderOf(tx, letter);
          const closing = { resolution, by: then };
          if (!(await closeLetter(tx, letter, closing))) return false;
          if (then === 'reopen') await reopenJob(tx, letter, { attempts: 5, expiresInS: 600 });
          else if (then === 'confirm') await confirmByHand(tx, letter, 'SO-by-hand');
          else await cancelByHand(tx, letter, closing);
          return true;
        });
      const racing = [
        () => close('retried', 'reopen'),
        () => close('resolved', 'confirm'),
        () => close('resolved', 'give up'),
        async () => (await complete(test.pool, job))?.closedDeadLetter === true,
      ];
      const turned = [...racing.slice(round % 4), ...racing.slice(0, round % 4)];
      const won = await Promise.all(turned.map((each) => each()));
      expect(won.filter((each) => each)).toHaveLength(1);
      const letters = await lettersOf(test.pool, job.jobId);
      expect(letters).toHaveLength(1);
      winners.add(letters[0] ?? '');
      // A late callback also completes what a person has just given another try, or given up.
      expect(await readJob(test.pool, job)).toMatchObject({ status: 'completed' });
      expect(['confirmed', 'cancelling']).toContain((await readOrder(test.pool, job.orderId))?.erp_status);
    }
    expect(winners.has('open')).toBe(false);
  });
});

function fail(): never {
  throw new Error('there is no such dead letter');
}
