import type { OrderOperation } from '@repo/contracts/agent-protocol/calls';
import type { LedgerEntry, StrayCancel } from './records';

/** An order as the hub has it. */
export interface OrderFact {
  id: string;
  orderNumber: string;
  vendorId: string;
  erpStatus: string;
  erpReference: string | null;
}

/** A job as the hub has it. */
export interface JobFact {
  id: string;
  orderId: string;
  operation: OrderOperation;
  /** Its place within its order. */
  sequence: number;
  status: string;
}

/** A dead letter that nobody has dealt with. */
export interface DeadLetterFact {
  jobId: string;
  failureCode: string;
}

/** What two sides say happened. */
export interface LedgerCheck {
  ledger: readonly LedgerEntry[];
  strayCancels?: readonly StrayCancel[];
  orders: readonly OrderFact[];
  jobs: readonly JobFact[];
  openDeadLetters: readonly DeadLetterFact[];
}

/** Everything about one order. */
interface Story {
  order: OrderFact;
  entries: readonly LedgerEntry[];
  jobs: readonly JobFact[];
  letters: ReadonlyMap<string, DeadLetterFact>;
}

/** No job of these is under way, nor will be. */
const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

/** An order that is this has nothing left to decide about its creation. */
const ENDINGS: ReadonlySet<string> = new Set(['confirmed', 'cancelled']);

/**
 * Compares what the ERP did with what the hub says once nothing is under way: every order is exactly once in the ledger and
 * confirmed by that reference, or waits as a dead letter with a reason, or is cancelled on both sides; none is there twice, none
 * that nobody placed, and none was cancelled before it was created. Returns the faults in words; none when all is well.
 */
export function checkLedger({ ledger, strayCancels = [], orders, jobs, openDeadLetters }: LedgerCheck): string[] {
  const entriesOf = byOrder(ledger);
  const jobsOf = byOrder(jobs);
  const letters = new Map(openDeadLetters.map((letter) => [letter.jobId, letter]));
  const known = new Set(orders.map(({ id }) => id));
  return [
    ...ledger.filter(({ orderId }) => !known.has(orderId)).map((entry) => `${entry.reference} is in the ERP for no order of the hub's`),
    ...openDeadLetters.filter(({ failureCode }) => failureCode === '').map(({ jobId }) => `the dead letter of job ${jobId} has no reason`),
    ...strayCancels.map(({ orderNumber }) => `order ${orderNumber}: the ERP was told to cancel it while it had none`),
    ...orders.flatMap((order) => {
      const story = { order, entries: entriesOf.get(order.id) ?? [], jobs: jobsOf.get(order.id) ?? [], letters };
      return faultsOf(story).map((fault) => `order ${order.orderNumber}: ${fault}`);
    }),
  ];
}

function faultsOf(story: Story): string[] {
  return [...faultsOfEntries(story), ...faultsOfJobs(story), ...faultsOfStatus(story)];
}

/** What the ERP must never have done, whatever the hub says now. */
function faultsOfEntries({ order, entries, jobs }: Story): string[] {
  const creates = new Set(jobs.filter(({ operation }) => operation === 'create_order').map(({ id }) => id));
  const faults = entries.flatMap((entry) => [
    ...(entry.vendorId === order.vendorId ? [] : [`${entry.reference} is in the ERP of ${entry.vendorId}, not of ${order.vendorId}`]),
    ...(creates.has(entry.jobId) ? [] : [`${entry.reference} was created by job ${entry.jobId}, which is none of its create jobs`]),
    ...(entry.cancelCount > 1 ? [`${entry.reference} was cancelled ${entry.cancelCount} times`] : []),
  ]);
  if (entries.length > 1) faults.push(`is ${entries.length} times in the ERP: ${entries.map(({ reference }) => reference).join(', ')}`);
  return faults;
}

/** Jobs of one order run one after the other, and each comes to an end. */
function faultsOfJobs({ jobs, letters }: Story): string[] {
  const open = jobs.filter(({ id, status }) => !ENDED.has(status) && !waitsBehind(id, jobs, letters));
  const hasty = jobs.filter(
    ({ operation, sequence, status }) =>
      operation === 'cancel_order' &&
      status === 'completed' &&
      jobs.some((other) => other.operation === 'create_order' && other.sequence < sequence && !ENDED.has(other.status)),
  );
  return [
    ...open.map(({ id, operation, status }) => `its ${operation} ${id} is still ${status}`),
    ...hasty.map(({ id }) => `its cancel_order ${id} is completed before its create_order`),
  ];
}

/** A job behind one that became a dead letter waits until a person has decided about that one. */
function waitsBehind(id: string, jobs: readonly JobFact[], letters: Story['letters']): boolean {
  const place = jobs.find((job) => job.id === id)?.sequence ?? 0;
  return jobs.some((job) => job.sequence < place && letters.has(job.id));
}

/** What the hub says of the order, against what the ERP has. */
function faultsOfStatus({ order, entries, jobs, letters }: Story): string[] {
  const { erpStatus, erpReference } = order;
  const live = entries.filter(({ cancelled }) => !cancelled);
  const dead = jobs.some(({ id }) => letters.has(id));
  if (ENDINGS.has(erpStatus) && jobs.some(({ id, operation }) => operation === 'create_order' && letters.has(id))) {
    return [`is ${erpStatus}, but its create_order is still a dead letter`];
  }
  switch (erpStatus) {
    case 'confirmed':
      if (entries.length === 0) return ['is confirmed, but is not in the ERP'];
      if (live.length === 0) return ['is confirmed, but is cancelled in the ERP'];
      if (entries.some(({ reference }) => reference === erpReference)) return [];
      return [`is confirmed as ${erpReference}, but the ERP calls it ${entries.map(({ reference }) => reference).join(', ')}`];
    case 'cancelled':
      return live.map(({ reference }) => `is cancelled, but ${reference} is not cancelled in the ERP`);
    case 'failed':
      return dead ? [] : ['is failed without a dead letter'];
    default:
      // A cancel that became a dead letter leaves its order being cancelled, and a create its order being created.
      return dead ? [] : [`is still ${erpStatus}`];
  }
}

function byOrder<T extends { orderId: string }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(one.orderId, [...(groups.get(one.orderId) ?? []), one]);
  return groups;
}
