import { randomUUID } from 'node:crypto';
import type { Job } from './job';
import { Journal } from './journal';
import type { CallRecord, LedgerEntry, PollingMishap, StrayCancel } from './records';

/** What the ERP knows of a job. */
export type JobState = { status: 'accepted' } | { status: 'completed'; erpReference: string | null } | Failed;
interface Failed {
  status: 'failed';
  error: string;
  retryable: boolean;
}

/** Everything that has to outlive a kill, as it is written down. */
type Event =
  | { type: 'call'; record: CallRecord }
  | { type: 'mishap'; mishap: PollingMishap }
  | { type: 'accepted'; job: Job }
  | { type: 'created'; job: Job; reference: string; at: string }
  | { type: 'cancelled'; job: Job; reference: string | null; at: string }
  | { type: 'failed'; job: Job; error: string; retryable: boolean };

/**
 * The books of the ERP. On purpose not idempotent: creating the same job twice makes two orders, which is how a test sees that
 * the hub told an ERP twice. They are in a file and are there again after a kill.
 */
export class Ledger {
  readonly entries: LedgerEntry[] = [];
  readonly strayCancels: StrayCancel[] = [];
  readonly calls: CallRecord[] = [];
  readonly mishaps: PollingMishap[] = [];
  private readonly jobs = new Map<string, { job: Job; state: JobState }>();
  private readonly callCounts = new Map<string, number>();
  private readonly journal: Journal<Event>;

  constructor(path: string) {
    this.journal = new Journal<Event>(path);
    for (const event of this.journal.found) this.apply(event);
  }

  /** Writes down that a call came. */
  record(record: CallRecord): void {
    this.write({ type: 'call', record });
  }

  /** Writes down what went wrong with polls or replies. */
  recordMishap(mishap: PollingMishap): void {
    this.write({ type: 'mishap', mishap });
  }

  /** How many calls of its kind came for an order. */
  callsFor({ vendorId, call, orderNumber }: Pick<CallRecord, 'vendorId' | 'call' | 'orderNumber'>): number {
    return this.callCounts.get(`${vendorId}\n${call}\n${orderNumber}`) ?? 0;
  }

  /** Makes the job known, before anything is done about it. */
  accept(job: Job): void {
    this.write({ type: 'accepted', job });
  }

  /** Does an accepted job, and gives the reference of the order; null when there was none to cancel. */
  carryOut(job: Job): string | null {
    const at = new Date().toISOString();
    if (job.operation === 'cancel_order') {
      const reference = this.toCancel(job)?.reference ?? null;
      this.write({ type: 'cancelled', job, reference, at });
      return reference;
    }
    // Never one that another ERP process, or this one before its file was lost, may have used.
    const reference = `ERP-${this.entries.length + 1}-${randomUUID().slice(0, 8)}`;
    this.write({ type: 'created', job, reference, at });
    return reference;
  }

  fail(job: Job, error: string, retryable: boolean): void {
    this.write({ type: 'failed', job, error, retryable });
  }

  /** Undefined when the ERP never heard of the job. */
  stateOf(vendorId: string, jobId: string): JobState | undefined {
    return this.jobs.get(`${vendorId}\n${jobId}`)?.state;
  }

  /** Jobs of a vendor that were accepted and then neither done nor failed. */
  unfinished(vendorId: string): Job[] {
    return [...this.jobs.values()]
      .filter(({ job, state }) => job.vendorId === vendorId && state.status === 'accepted')
      .map(({ job }) => job);
  }

  close(): void {
    this.journal.close();
  }

  private toCancel(job: Job): LedgerEntry | undefined {
    const own = this.entries.filter(({ vendorId, orderId }) => vendorId === job.vendorId && orderId === job.orderId);
    if (job.erpReference !== null) return own.find(({ reference }) => reference === job.erpReference);
    return own.findLast(({ cancelled }) => !cancelled) ?? own.at(-1);
  }

  private write(event: Event): void {
    this.journal.append(event);
    this.apply(event);
  }

  private apply(event: Event): void {
    if (event.type === 'call') {
      this.calls.push(event.record);
      const key = `${event.record.vendorId}\n${event.record.call}\n${event.record.orderNumber}`;
      this.callCounts.set(key, (this.callCounts.get(key) ?? 0) + 1);
      return;
    }
    if (event.type === 'mishap') {
      this.mishaps.push(event.mishap);
      return;
    }
    const { job } = event;
    this.jobs.set(`${job.vendorId}\n${job.jobId}`, { job, state: stateAfter(event) });
    const { vendorId, jobId, orderId, orderNumber } = job;
    if (event.type === 'created') {
      const { reference, at } = event;
      const live = { cancelled: false, cancelledAt: null, cancelCount: 0 };
      this.entries.push({ reference, vendorId, jobId, orderId, orderNumber, at, lines: job.lines, total: job.total, ...live });
    }
    if (event.type !== 'cancelled') return;
    const entry = this.entries.find(({ reference }) => reference === event.reference);
    if (entry === undefined) this.strayCancels.push({ vendorId, jobId, orderId, orderNumber, at: event.at });
    else Object.assign(entry, { cancelled: true, cancelledAt: entry.cancelledAt ?? event.at, cancelCount: entry.cancelCount + 1 });
  }
}

function stateAfter(event: Exclude<Event, { type: 'call' | 'mishap' }>): JobState {
  if (event.type === 'accepted') return { status: 'accepted' };
  if (event.type === 'failed') return { status: 'failed', error: event.error, retryable: event.retryable };
  return { status: 'completed', erpReference: event.reference };
}
