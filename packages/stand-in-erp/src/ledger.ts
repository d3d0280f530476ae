/** One order as the stand-in ERP holds it. */
export interface LedgerEntry {
  reference: string;
  jobId: string;
  orderNumber: string;
  cancelled: boolean;
}

/**
 * The orders of the stand-in ERP. On purpose not idempotent: creating the same job twice makes two orders, which is how a
 * test sees that the hub told an ERP twice.
 */
export class Ledger {
  private readonly entries: LedgerEntry[] = [];

  create(jobId: string, orderNumber: string): LedgerEntry {
    const entry = { reference: `ERP-${this.entries.length + 1}`, jobId, orderNumber, cancelled: false };
    this.entries.push(entry);
    return entry;
  }

  all(): readonly LedgerEntry[] {
    return this.entries;
  }
}
