import type { LedgerRecord } from './ledger-record';
import { RecordedLedger } from './recorded-ledger';

/** A ledger for tests: it forgets everything when the process ends, and with it what must not be done twice. */
export class MemoryLedger extends RecordedLedger {
  protected record(record: LedgerRecord): Promise<void> {
    this.apply(record);
    return Promise.resolve();
  }
}
