import { applyRecord, type LedgerRecord } from './ledger-record';
import type { EndOptions, JobEnd, LedgerEntry, LedgerJob, OrderLedger } from './order-ledger';

/** A ledger whose entries are in memory; where its changes are kept is up to `record`. */
export abstract class RecordedLedger implements OrderLedger {
  protected readonly entries = new Map<string, LedgerEntry>();

  /** Keeps a change, and then makes it with {@link apply}. */
  protected abstract record(record: LedgerRecord): Promise<void>;

  protected apply(record: LedgerRecord): void {
    applyRecord(this.entries, record);
  }

  get(jobId: string): Promise<LedgerEntry | undefined> {
    return Promise.resolve(this.entries.get(jobId));
  }

  accept({ jobId, orderId, orderNumber, operation, attempt, acceptedAt }: LedgerJob): Promise<void> {
    return this.record({ did: 'accept', jobId, orderId, orderNumber, operation, attempt, acceptedAt });
  }

  submitted(jobId: string): Promise<void> {
    return this.record({ did: 'submit', jobId });
  }

  complete(jobId: string, end: Omit<Extract<JobEnd, { status: 'completed' }>, 'status'>, options: EndOptions): Promise<void> {
    const { erpReference, metadata } = end;
    return this.record({ did: 'complete', jobId, ...options, erpReference, metadata });
  }

  fail(jobId: string, { error, retryable }: Omit<Extract<JobEnd, { status: 'failed' }>, 'status'>, options: EndOptions): Promise<void> {
    return this.record({ did: 'fail', jobId, ...options, error, retryable });
  }

  forget(jobId: string): Promise<void> {
    return this.record({ did: 'forget', jobId });
  }

  callbackTaken(jobId: string, attempt: number): Promise<void> {
    return this.record({ did: 'tell', jobId, attempt });
  }

  unfinished(): Promise<LedgerEntry[]> {
    return Promise.resolve([...this.entries.values()].filter(({ state }) => state.status === 'accepted'));
  }

  owed(): Promise<LedgerEntry[]> {
    return Promise.resolve([...this.entries.values()].filter(({ callbackOwed }) => callbackOwed));
  }
}
