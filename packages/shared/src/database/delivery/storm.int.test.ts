import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { addAgent, AGAIN, cancel, complete, FAILED, GATES, MODES, note, placeOrder } from '../../../test/support/delivery-fixture';
import type { JobRow } from '../../../test/support/delivery-fixture';
import { DeliveryOracle } from '../../../test/support/delivery-oracle';
import { useTestDatabase } from '../../../test/support/test-database';
import { claimJob, putBack, startSending } from './claim-job';
import { cancelByHand, closeLetter, confirmByHand, keepOrder, lockOrderOf, referenceOfLetter, reopenJob } from './close-dead-letter';
import { awaitCallback, retryLater } from './end-attempt';
import { failJob, type Failure } from './fail-job';
import { findExpiredLeases, findMissedCallbacks, releaseSuccessors } from './find-overdue';
import { applyHolds, readVendorStates } from './hold-jobs';
import type { JobReference } from './job-reference';
import { findMarked, markForRetry } from './mark-dead-letters';
import { offerJobs } from './offer-jobs';
import type { JobStatus } from '../schema/sync-jobs';

const SEED = Number(process.env['STORM_SEED'] ?? 20_260_131);
const OPERATIONS = Number(process.env['STORM_OPERATIONS'] ?? 1_000);
/** How many times as many a storm may take to see every state. */
const LONGEST = 10;
const AT_ONCE = 8;
const ORDERS = 5;

const test = useTestDatabase({ poolSize: AT_ONCE + 4 });

/** The same numbers in every run (mulberry32); who is faster differs all the same. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Subject extends JobReference {
  row: JobRow;
}
type Act = (subject: Subject) => Promise<unknown>;

const lease = () => ({ token: randomUUID(), durationMs: 200 });

const ANY: JobStatus[] = ['pending', 'queued', 'processing', 'awaiting_callback', 'completed', 'failed', 'cancelled'];

/** Everything that workers, agents, people and sweeps do: how often, in which states it comes in time, and what it is. */
const ACTS: [number, JobStatus[], Act][] = [
  [30, ['pending'], () => offerJobs(test.pool, 3, GATES)],
  [20, ['queued'], (job) => claimJob(test.pool, { ...job, dispatchNo: job.row.dispatch_no }, lease(), MODES)],
  [1, ['queued'], (job) => putBack(test.pool, { ...job, dispatchNo: job.row.dispatch_no })],
  [1, ['processing'], (job) => startSending(test.pool, job, { token: tokenOf(job), durationMs: 200 })],
  [8, ['processing'], (job) => awaitCallback(test.pool, job, tokenOf(job), 200, note(job.row.attempt_no))],
  [2, ['processing'], (job) => retryLater(test.pool, job, { leaseToken: tokenOf(job) }, { ...AGAIN, mustAsk: true }, note(1))],
  [2, ['pending', 'queued', 'processing', 'awaiting_callback'], (job) => retryLater(test.pool, job, sentIn(job), AGAIN)],
  [2, ['processing'], (job) => failJob(test.pool, job, { leaseToken: tokenOf(job) }, FAILED, note(job.row.attempt_no))],
  [2, ['processing', 'awaiting_callback'], (job) => failJob(test.pool, job, sentIn(job), FAILED)],
  [1, ['pending', 'awaiting_callback'], (job) => failJob(test.pool, job, { atRest: true }, EXPIRED)],
  [2, ['processing', 'awaiting_callback', 'failed', 'cancelled'], (job) => complete(test.pool, job)],
  [1, ANY, (job) => cancel(test.database, job.orderId)],
  [5, ['failed'], (job) => decide(job, 'retry')],
  [2, ['failed'], (job) => decide(job, 'resolve')],
  [2, ['failed'], (job) => decide(job, 'give up')],
  [1, ['failed'], () => test.database.db.transaction((tx) => markForRetry(tx, EVERYTHING, 'bulk'))],
  [1, ['failed'], workOff],
  [2, ANY, async () => applyHolds(test.pool, await readVendorStates(test.pool, GATES))],
  [0.1, ANY, ({ vendorId }) => test.pool.query('update agent_registry set enabled = not enabled where vendor_id = $1', [vendorId])],
  [0.5, ANY, () => test.pool.query('update agent_registry set enabled = true')],
  [1, ANY, () => releaseSuccessors(test.pool)],
  [2, ['processing'], expireLeases],
  [2, ['awaiting_callback'], missCallbacks],
];
/** How much rarer it is that something comes too late. */
const LATE = 0.1;
const EVERYTHING = { vendorId: null, operation: null, failedBefore: null };
const EXPIRED: Failure = { ...FAILED, code: 'expired', spent: false, mustAsk: undefined };
const sentIn = ({ row }: Subject) => ({ sentAttempt: row.sent_attempt });

function tokenOf({ row }: Subject): string {
  return row.lease_token ?? randomUUID();
}

async function decide(job: Subject, how: 'retry' | 'resolve' | 'give up'): Promise<void> {
  const { rows } = await test.pool.query<{ id: string }>('select id from dead_letter_queue where original_job_id = $1 and not resolved', [
    job.jobId,
  ]);
  const letter = rows[0] && (await referenceOfLetter(test.database.db, rows[0].id));
  if (letter === undefined) return;
  await test.database.db.transaction(async (tx) => {
    await lockOrderOf(tx, letter);
    const closing = { resolution: how === 'retry' ? 'retried' : 'resolved', by: 'Jeanne' } as const;
    if (!(await closeLetter(tx, letter, closing))) return;
    if (how === 'retry') await reopenJob(tx, letter, { attempts: 5, expiresInS: 600 });
    else if (letter.operation === 'cancel_order') await keepOrder(tx, letter, 'too late', null);
    else if (how === 'resolve') await confirmByHand(tx, letter, 'SO-by-hand');
    else await cancelByHand(tx, letter, closing);
  });
}

async function workOff(): Promise<void> {
  for (const letter of await findMarked(test.pool, 3)) {
    await test.database.db.transaction(async (tx) => {
      await lockOrderOf(tx, letter);
      if (await closeLetter(tx, letter, { resolution: 'retried', by: letter.by }))
        await reopenJob(tx, letter, { attempts: 5, expiresInS: 600 });
    });
  }
}

async function expireLeases(): Promise<void> {
  for (const job of await findExpiredLeases(test.pool)) {
    await retryLater(test.pool, job, { leaseToken: job.leaseToken }, { ...AGAIN, mustAsk: true, errorCode: 'lease_expired' });
  }
}

async function missCallbacks(): Promise<void> {
  for (const job of await findMissedCallbacks(test.pool)) {
    await retryLater(test.pool, job, { callbackOverdue: true }, { ...AGAIN, spent: false, mustAsk: true });
  }
}

const isEnded = ({ status, letters }: { status: string; letters: number }) =>
  status === 'completed' || status === 'cancelled' || (status === 'failed' && letters === 0);

/** The orders that the storm is about: each one that has nothing more to come gives way to a new one. */
class Orders {
  private readonly live: Promise<JobReference>[] = [];
  readonly seen = new Map<string, number>();

  async pick(random: () => number): Promise<Subject> {
    const at = Math.floor(random() * ORDERS);
    const picked = (this.live[at] ??= this.place(at));
    const order = await picked;
    const { rows } = await test.pool.query<JobRow & { letters: number }>(
      `select job.*, (select count(*)::int from dead_letter_queue where original_job_id = job.id and not resolved) as letters
       from sync_jobs job where order_id = $1 order by sequence`,
      [order.orderId],
    );
    for (const { status } of rows) this.seen.set(status, (this.seen.get(status) ?? 0) + 1);
    // Now and then an ended one stays a while: late callbacks are about these.
    if (rows.every(isEnded) && random() < 0.3 && this.live[at] === picked) this.live[at] = this.place(at);
    const row = rows[Math.floor(random() * rows.length)] ?? rows[0];
    if (row === undefined) throw new Error('an order without a job');
    return { ...order, jobId: row.id, row };
  }

  private place(at: number): Promise<JobReference> {
    return placeOrder(test.pool, at % 2 === 0 ? 'v1' : 'v2');
  }
}

function drawn(random: () => number, { row }: Subject): Act {
  const weights = ACTS.map(([often, states]) => often * (states.includes(row.status) ? 1 : LATE));
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const at = weights.findIndex((weight) => (left -= weight) < 0);
  return (ACTS[at] ?? ACTS[0])?.[2] as Act;
}

it(`leaves jobs, orders and dead letters in agreement in every moment of ${OPERATIONS} operations at once, without a deadlock`, async () => {
  await addAgent(test.pool, 'v1');
  await addAgent(test.pool, 'v2');
  const oracle = new DeliveryOracle(test.pool);
  const orders = new Orders();
  const random = randomOf(SEED);
  const faults: string[] = [];
  const storm = { left: OPERATIONS };
  // A storm that never got anywhere would prove nothing: what comes when is chance, and a storm that missed a state goes on.
  const goesOn = () => storm.left > 0 || (orders.seen.size < ANY.length && storm.left > -LONGEST * OPERATIONS);
  /** Until the storm is over or something is wrong. */
  const run = async (step: () => Promise<unknown>) => {
    while (goesOn() && faults.length === 0) await step().catch((error: unknown) => faults.push(inspect(error)));
  };
  const watch = async () => faults.push(...(await oracle.faults()));
  const work = async () => {
    storm.left -= 1;
    const subject = await orders.pick(random);
    await drawn(random, subject)(subject);
  };
  await Promise.all([run(watch), ...Array.from({ length: AT_ONCE }, () => run(work))]);
  expect([...faults, ...(await oracle.faults())]).toEqual([]);
  expect([...orders.seen.keys()].sort()).toEqual([...ANY].sort());
}, 120_000);
