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
  placeOrder,
  readJob,
  readOrder,
} from '../../../test/support/delivery-fixture';
import { useTestDatabase } from '../../../test/support/test-database';
import type { Tx } from '../connect';
import {
  cancelByHand,
  closeLetter,
  confirmByHand,
  keepOrder,
  lockOrderOf,
  referenceOfLetter,
  reopenJob,
  type Closing,
  type LetterReference,
} from './close-dead-letter';
import { retryLater } from './end-attempt';
import { failJob } from './fail-job';
import type { JobReference } from './job-reference';
import { findMarked, markForRetry, type BulkFilter } from './mark-dead-letters';

const test = useTestDatabase();
let job: JobReference;
beforeAll(() => addAgent(test.pool, 'v1'));
beforeEach(async () => {
  await test.pool.query('truncate orders, order_items, sync_jobs, sync_job_attempts, dead_letter_queue cascade');
  job = await placeOrder(test.pool, 'v1');
});

const BY_HAND: Closing = { resolution: 'resolved', by: 'Jeanne', note: 'n' };

/** Closes a dead letter and does what follows, as the use cases do; false when somebody was faster. */
async function close(id: string, closing: Closing, then: (tx: Tx, letter: LetterReference) => Promise<void>): Promise<boolean> {
  const letter = await referenceOfLetter(test.database.db, id);
  if (letter === undefined) throw new Error('there is no such dead letter');
  return test.database.db.transaction(async (tx) => {
    await lockOrderOf(tx, letter);
    if (!(await closeLetter(tx, letter, closing))) return false;
    await then(tx, letter);
    return true;
  });
}
const retry = (id: string) => close(id, { resolution: 'retried', by: 'Jeanne' }, (tx, letter) => reopenJob(tx, letter, ALLOWANCE));
const confirm = (id: string) => close(id, BY_HAND, (tx, letter) => confirmByHand(tx, letter, 'SO-by-hand'));
const giveUp = (id: string) => close(id, BY_HAND, (tx, letter) => cancelByHand(tx, letter, BY_HAND));
const keep = (id: string, reference: string | null = null) =>
  close(id, BY_HAND, (tx, letter) => keepOrder(tx, letter, 'too late', reference));
const ALLOWANCE = { attempts: 5, expiresInS: 600 };

const status = async () => (await readOrder(test.pool, job.orderId))?.erp_status;
const jobs = async () => (await jobsOf(test.pool, job.orderId)).map((each) => [each.operation, each.status, each.held_reason]);

/** A dead letter of the creation with a cancellation behind it. */
async function deadCreation(): Promise<string> {
  const { leaseToken } = await claim(test.pool, job);
  await cancel(test.database, job.orderId);
  return (await failJob(test.pool, job, { leaseToken }, FAILED)) ?? '';
}
/** Dead letters of both: the agent was deregistered while a cancellation waited. */
async function bothDead(): Promise<{ create: string; cancellation: string; second: JobReference }> {
  const create = await deadCreation();
  const second = { ...job, jobId: (await jobsOf(test.pool, job.orderId))[1]?.id ?? '' };
  const gone = { ...FAILED, code: 'agent_deregistered', spent: false, mustAsk: undefined } as const;
  return { create, cancellation: (await failJob(test.pool, second, { atRest: true }, gone)) ?? '', second };
}
/** A dead letter of a cancellation of an order that is in the ERP. */
async function deadCancellation(): Promise<string> {
  await claim(test.pool, job);
  await complete(test.pool, job);
  await cancel(test.database, job.orderId);
  return makeDeadLetter(test.pool, { ...job, jobId: (await jobsOf(test.pool, job.orderId))[1]?.id ?? '' });
}

describe('a retry', () => {
  it('gives more tries and time, goes on counting, and keeps the mark "ask first"', async () => {
    const first = await claim(test.pool, job);
    await retryLater(test.pool, job, { leaseToken: first.leaseToken }, { ...AGAIN, mustAsk: true });
    const { leaseToken } = await claim(test.pool, job);
    await failJob(test.pool, job, { leaseToken }, { ...FAILED, mustAsk: undefined, askAfterMs: 0 });
    await test.pool.query(`update sync_jobs set expires_at = now(), ask_after = now() + interval '1 hour'`);
    const [letter] = (await test.pool.query<{ id: string }>('select id from dead_letter_queue')).rows;
    expect(await retry(letter?.id ?? '')).toBe(true);
    expect(await readJob(test.pool, job)).toMatchObject({
      status: 'pending',
      attempt_no: 2,
      attempts_spent: 2,
      attempts_allowed: 7,
      must_ask: true,
      error_code: null,
    });
    const { rows } = await test.pool.query(
      `select expires_at > now() + interval '500 s' as renewed, next_attempt_at = ask_after as waits, completed_at from sync_jobs`,
    );
    expect(rows).toEqual([{ renewed: true, waits: true, completed_at: null }]);
    expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'syncing', erp_sync_error: null });
    expect(await lettersOf(test.pool, job.jobId)).toEqual(['retried']);
    expect((await claim(test.pool, job)).attempt).toBe(3);
  });

  it('leaves the order pending when nothing was ever tried, and cancelling when a cancellation waits', async () => {
    const id = await failJob(test.pool, job, { atRest: true }, { ...FAILED, code: 'expired', spent: false });
    await retry(id ?? '');
    expect(await status()).toBe('pending');
    await retry(await deadCreation());
    expect(await status()).toBe('cancelling');
    expect(await jobs()).toEqual([
      ['create_order', 'pending', null],
      ['cancel_order', 'pending', 'earlier_job'],
    ]);
  });

  it('of a cancellation whose creation is a dead letter too waits for that, and the order stays failed', async () => {
    const { create, cancellation } = await bothDead();
    await retry(cancellation);
    expect([await status(), (await jobs())[1]]).toEqual(['failed', ['cancel_order', 'pending', 'earlier_job']]);
    await confirm(create);
    expect([await status(), (await jobs())[1]]).toEqual(['cancelling', ['cancel_order', 'pending', null]]);
  });

  it('is done once', async () => {
    const id = await makeDeadLetter(test.pool, job);
    expect(await Promise.all([retry(id), retry(id), retry(id)])).toEqual(expect.arrayContaining([true, false, false]));
    expect(await readJob(test.pool, job)).toMatchObject({ status: 'pending', attempts_allowed: 6 });
    expect(await confirm(id)).toBe(false);
  });
});

describe('a creation that a person finds in the ERP', () => {
  it('is completed, and lets a cancellation behind it go on', async () => {
    await confirm(await deadCreation());
    expect(await status()).toBe('cancelling');
    expect(await jobs()).toEqual([
      ['create_order', 'completed', null],
      ['cancel_order', 'pending', null],
    ]);
    expect(await readJob(test.pool, job)).toMatchObject({ erp_reference: 'SO-by-hand', error_code: null, must_ask: false });
  });

  it('leaves its order confirmed when nothing is behind it', async () => {
    await confirm(await makeDeadLetter(test.pool, job));
    expect(await readOrder(test.pool, job.orderId)).toEqual({ erp_status: 'confirmed', erp_reference: 'SO-by-hand', erp_sync_error: null });
    expect(await complete(test.pool, job, { erpReference: 'SO-other' })).toBeUndefined();
  });

  it('leaves its order cancelling while a dead letter says that it could not be cancelled', async () => {
    const { create, cancellation } = await bothDead();
    await confirm(create);
    expect(await status()).toBe('cancelling');
    await keep(cancellation);
    expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'confirmed', erp_sync_error: 'too late' });
  });
});

describe('a creation that a person gives up', () => {
  it('cancels its order, and what waits behind it', async () => {
    await giveUp(await deadCreation());
    expect(await status()).toBe('cancelled');
    expect(await jobs()).toEqual([
      ['create_order', 'failed', null],
      ['cancel_order', 'cancelled', null],
    ]);
    expect(await lettersOf(test.pool, job.jobId)).toEqual(['resolved']);
  });

  it('closes a dead letter of its cancellation with it: there is nothing left to decide', async () => {
    const { create, cancellation, second } = await bothDead();
    await giveUp(create);
    expect(await status()).toBe('cancelled');
    expect(await lettersOf(test.pool, second.jobId)).toEqual(['resolved']);
    expect(await keep(cancellation)).toBe(false);
    expect(await status()).toBe('cancelled');
  });
});

describe('a cancellation that a person gives up', () => {
  it('leaves its order confirmed, with the reason, and with the reference that the person knows', async () => {
    const id = await deadCancellation();
    expect(await status()).toBe('cancelling');
    await keep(id, 'SO-2');
    expect(await readOrder(test.pool, job.orderId)).toEqual({ erp_status: 'confirmed', erp_reference: 'SO-2', erp_sync_error: 'too late' });
  });

  it('does not confirm an order whose creation is still a dead letter', async () => {
    const { create, cancellation } = await bothDead();
    await keep(cancellation);
    expect(await status()).toBe('failed');
    await giveUp(create);
    expect(await status()).toBe('cancelled');
  });

  it('is completed all the same when the agent says so late', async () => {
    const id = await deadCancellation();
    await keep(id);
    const [, second] = await jobsOf(test.pool, job.orderId);
    await complete(test.pool, { ...job, jobId: second?.id ?? '' }, { erpReference: null });
    expect(await readOrder(test.pool, job.orderId)).toMatchObject({ erp_status: 'cancelled', erp_reference: 'SO-1' });
  });
});

it('a late callback of the creation leaves its order cancelling while its cancellation is a dead letter', async () => {
  const { create } = await bothDead();
  expect(await complete(test.pool, job)).toMatchObject({ was: 'failed', closedDeadLetter: true });
  expect(await status()).toBe('cancelling');
  expect(await confirm(create)).toBe(false);
});

describe('marking for a retry in bulk', () => {
  const EVERYTHING: BulkFilter = { vendorId: null, operation: null, failedBefore: null };
  const mark = (filter: Partial<BulkFilter>, actor = 'alice') => markForRetry(test.database.db, { ...EVERYTHING, ...filter }, actor);

  it('takes what matches, once, and the first one who asked is who did it', async () => {
    const first = await makeDeadLetter(test.pool, job);
    await addAgent(test.pool, 'v2');
    const second = await makeDeadLetter(test.pool, await placeOrder(test.pool, 'v2'));
    await test.pool.query(`update dead_letter_queue set created_at = '2026-01-01Z' where vendor_id = 'v2'`);
    expect(await mark({ vendorId: 'v3' })).toBe(0);
    expect(await mark({ operation: 'cancel_order' })).toBe(0);
    expect(await mark({ failedBefore: '2025-12-31T00:00:00Z' })).toBe(0);
    expect(await mark({ failedBefore: '2026-01-02T00:00:00Z' })).toBe(1);
    expect(await mark({ vendorId: 'v1', operation: 'create_order' }, 'bob')).toBe(1);
    expect(await mark({}, 'carol')).toBe(0);
    expect((await findMarked(test.pool, 10)).map(({ id, by }) => [id, by])).toEqual([
      [first, 'bob'],
      [second, 'alice'],
    ]);
    expect(await findMarked(test.pool, 1)).toMatchObject([{ ...job, id: first, operation: 'create_order', by: 'bob' }]);
  });

  it('is over for what was dealt with meanwhile', async () => {
    const id = await makeDeadLetter(test.pool, job);
    await mark({});
    await confirm(id);
    expect(await findMarked(test.pool, 10)).toEqual([]);
  });

  it('is not made twice by two at the same time', async () => {
    for (let n = 0; n < 5; n++) await makeDeadLetter(test.pool, await placeOrder(test.pool, 'v1'));
    const marked = await Promise.all(['alice', 'bob', 'carol'].map((actor) => mark({}, actor)));
    const { rows } = await test.pool.query<{ by: string; n: number }>(
      'select retry_requested_by as by, count(*)::int as n from dead_letter_queue where retry_requested_by is not null group by 1',
    );
    const counts = Object.fromEntries(rows.map(({ by, n }) => [by, n]));
    expect(marked).toEqual(['alice', 'bob', 'carol'].map((actor) => counts[actor] ?? 0));
    expect(marked.reduce((sum, n) => sum + n, 0)).toBe(5);
  });
});
