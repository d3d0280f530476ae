import { checkLedger } from '@repo/stand-in-erp/check-ledger';
import type { CallRecord, LedgerEntry, StrayCancel } from '@repo/stand-in-erp/records';
import type { ChaosVendor } from '../load/connect-vendors';
import type { PlannedOrder } from '../load/draw-load';
import type { LoadRecord } from '../load/run-load';
import type { Facts, TimedJob } from './read-facts';

/** All that can be known of a run once nothing is under way. */
export interface RunFacts {
  vendors: readonly Pick<ChaosVendor, 'vendorId' | 'transport'>[];
  planned: readonly PlannedOrder[];
  load: LoadRecord;
  facts: Facts;
  ledger: readonly LedgerEntry[];
  strayCancels: readonly StrayCancel[];
  calls: readonly CallRecord[];
}

/**
 * What is wrong with the orders of a run, in words that begin with `order <number>: ` where they are about one: lost and
 * doubled ones, and everything that {@link checkLedger} knows. Nothing when all is well.
 */
export function judgeOrders(run: RunFacts): string[] {
  const { facts, ledger, strayCancels } = run;
  return [
    ...checkLedger({ ledger, strayCancels, orders: facts.orders, jobs: facts.jobs, openDeadLetters: facts.openDeadLetters }),
    ...faultsOfLoad(run),
    ...faultsOfTurns(run),
    ...faultsOfCalls(run),
    ...faultsOfFetching(run),
  ];
}

/** What clients were told, against what there is. */
function faultsOfLoad({ planned, load, facts }: RunFacts): string[] {
  const stored = new Map(facts.orders.map((order) => [order.orderNumber, order]));
  const wanted = new Set(planned.map(({ orderNumber }) => orderNumber));
  const letters = new Set(facts.openDeadLetters.map(({ jobId }) => jobId));
  const dead = new Set(facts.jobs.filter(({ id }) => letters.has(id)).map(({ orderId }) => orderId));
  return [
    ...load.refusals.map(({ orderNumber, text }) => `order ${orderNumber}: ${text}`),
    ...facts.orders
      .filter(({ orderNumber }) => !wanted.has(orderNumber))
      .map(({ orderNumber }) => `order ${orderNumber}: nobody placed it`),
    ...facts.orders.filter(({ hasJob }) => !hasJob).map(({ orderNumber }) => `order ${orderNumber}: has no job that creates it`),
    ...planned.flatMap(({ orderNumber }) => {
      const answered = load.placed.get(orderNumber);
      const order = stored.get(orderNumber);
      if (answered === undefined) return [];
      if (order === undefined) return [`order ${orderNumber}: was answered as ${answered.id}, and is lost`];
      if (order.id !== answered.id) return [`order ${orderNumber}: was answered as ${answered.id}, and is there as ${order.id}`];
      const kept = load.cancelled.has(orderNumber) && order.erpStatus === 'confirmed' && !dead.has(order.id);
      return kept ? [`order ${orderNumber}: its cancellation was accepted, and it is confirmed`] : [];
    }),
  ];
}

/** No job began while an earlier one of its order was not at its end, and every attempt left its record. */
function faultsOfTurns({ facts }: RunFacts): string[] {
  const numbers = new Map(facts.orders.map(({ id, orderNumber }) => [id, orderNumber]));
  const byOrder = new Map<string, TimedJob[]>();
  for (const job of facts.jobs) byOrder.set(job.orderId, [...(byOrder.get(job.orderId) ?? []), job]);
  return facts.jobs.flatMap((job) => {
    const name = `order ${numbers.get(job.orderId) ?? '(none)'}: its ${job.operation}`;
    const missing = job.attempts === job.attemptNo ? [] : [`${name} made ${job.attemptNo} attempts, of which ${job.attempts} are recorded`];
    const early = (byOrder.get(job.orderId) ?? []).some(
      (other) =>
        other.sequence < job.sequence &&
        job.firstAttemptAt !== null &&
        (other.completedAt === null || other.completedAt > job.firstAttemptAt),
    );
    return [...missing, ...(early ? [`${name} began before an earlier job of it had ended`] : [])];
  });
}

/** What the agents saw: calls that keep to the contract, each signed, and none to create what they were told to cancel. */
function faultsOfCalls({ calls }: RunFacts): string[] {
  const cancelled = new Set<string>();
  return calls.flatMap(({ call, orderId, orderNumber, fault, breach, bearer, signature, idempotencyKey, jobId }) => {
    const faults = breach === null ? [] : [`a call broke the contract: ${breach}`];
    // One that does not know what time it is yet cannot judge a signature, and sends the call back.
    const signed = signature === 'ok' || (signature === 'unchecked' && fault === 'clock_unknown');
    if (bearer !== 'ok' || !signed) faults.push('a call came with wrong credentials');
    if (call !== 'order-status' && idempotencyKey !== jobId) faults.push(`a call came with the idempotency key ${idempotencyKey}`);
    if (call === 'cancel-order') cancelled.add(orderId);
    if (call === 'create-order' && cancelled.has(orderId)) faults.push('the ERP was told to create it after it was told to cancel it');
    return faults.map((fault) => `order ${orderNumber}: ${fault}`);
  });
}

/** Calls came the way that their agents are reached, each of those that were fetched once, and none that the hub took back. */
function faultsOfFetching({ vendors, facts, calls }: RunFacts): string[] {
  const transports = new Map(vendors.map(({ vendorId, transport }) => [vendorId, transport]));
  const takenBack = new Set(facts.unfetched.map(({ jobId, attempt }) => `${jobId} ${attempt}`));
  const seen = new Set<string>();
  return calls.flatMap(({ callId, vendorId, orderNumber, jobId, attempt }) => {
    const faults: string[] = [];
    if ((callId === null ? 'push' : 'pull') !== transports.get(vendorId)) faults.push('a call came the wrong way');
    if (callId !== null && seen.has(callId)) faults.push(`the call ${callId} was handed out twice`);
    if (callId !== null) seen.add(callId);
    // A question names no attempt, and may have been answered before the call of its attempt was taken back.
    if (attempt !== null && takenBack.has(`${jobId} ${attempt}`))
      faults.push(`attempt ${attempt} was fetched, and the hub says it was not`);
    return faults.map((fault) => `order ${orderNumber}: ${fault}`);
  });
}
