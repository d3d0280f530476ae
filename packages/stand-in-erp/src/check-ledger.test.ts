import { checkLedger, type DeadLetterFact, type JobFact, type LedgerCheck, type OrderFact } from './check-ledger';
import type { LedgerEntry } from './records';

const order = (changes: Partial<OrderFact> = {}): OrderFact => ({
  id: 'order-1',
  orderNumber: 'SO-1',
  vendorId: 'vendor-1',
  erpStatus: 'confirmed',
  erpReference: 'ERP-1',
  ...changes,
});
const create = (changes: Partial<JobFact> = {}): JobFact => ({
  id: 'job-1',
  orderId: 'order-1',
  operation: 'create_order',
  sequence: 1,
  status: 'completed',
  ...changes,
});
const cancel = (changes: Partial<JobFact> = {}): JobFact => ({
  ...create(),
  id: 'job-2',
  operation: 'cancel_order',
  sequence: 2,
  ...changes,
});
const entry = (changes: Partial<LedgerEntry> = {}): LedgerEntry => ({
  reference: 'ERP-1',
  vendorId: 'vendor-1',
  jobId: 'job-1',
  orderId: 'order-1',
  orderNumber: 'SO-1',
  at: '2026-01-31T08:30:00.000Z',
  lines: 1,
  total: '12',
  cancelled: false,
  cancelledAt: null,
  cancelCount: 0,
  ...changes,
});
const cancelledEntry = entry({ cancelled: true, cancelledAt: '2026-01-31T08:31:00.000Z', cancelCount: 1 });
const letter = (changes: Partial<DeadLetterFact> = {}): DeadLetterFact => ({ jobId: 'job-1', failureCode: 'rejected', ...changes });

const check = (facts: Partial<LedgerCheck>) =>
  checkLedger({ ledger: [entry()], orders: [order()], jobs: [create()], openDeadLetters: [], ...facts });

describe('all is well when', () => {
  const failed = order({ erpStatus: 'failed', erpReference: null });
  const cancelled = order({ erpStatus: 'cancelled' });
  it.each<[string, Partial<LedgerCheck>]>([
    ['an order is confirmed by the reference that the ERP gave it', {}],
    ['there is nothing at all', { ledger: [], orders: [], jobs: [] }],
    [
      'a refused order is a dead letter',
      { ledger: [], orders: [failed], jobs: [create({ status: 'failed' })], openDeadLetters: [letter()] },
    ],
    [
      'nobody knows whether the ERP has it, and it has',
      { orders: [failed], jobs: [create({ status: 'failed' })], openDeadLetters: [letter()] },
    ],
    ['an order was cancelled before it was sent', { ledger: [], orders: [cancelled], jobs: [create({ status: 'cancelled' })] }],
    ['an order was cancelled in the ERP', { ledger: [cancelledEntry], orders: [cancelled], jobs: [create(), cancel()] }],
    [
      'a cancel waits behind a create that is a dead letter',
      {
        ledger: [],
        orders: [order({ erpStatus: 'cancelling', erpReference: null })],
        jobs: [create({ status: 'failed' }), cancel({ status: 'pending' })],
        openDeadLetters: [letter()],
      },
    ],
    [
      'a cancel is a dead letter',
      {
        orders: [order({ erpStatus: 'cancelling' })],
        jobs: [create(), cancel({ status: 'failed' })],
        openDeadLetters: [letter({ jobId: 'job-2' })],
      },
    ],
  ])('%s', (_, facts) => {
    expect(check(facts)).toEqual([]);
  });
});

describe('a fault is found when', () => {
  const cancelled = order({ erpStatus: 'cancelled' });
  it.each<[string, Partial<LedgerCheck>, string]>([
    [
      'an order is twice in the ERP',
      { ledger: [entry(), entry({ reference: 'ERP-2' })] },
      'order SO-1: is 2 times in the ERP: ERP-1, ERP-2',
    ],
    ['a confirmed order is not in the ERP', { ledger: [] }, 'order SO-1: is confirmed, but is not in the ERP'],
    ['a confirmed order is cancelled in the ERP', { ledger: [cancelledEntry] }, 'order SO-1: is confirmed, but is cancelled in the ERP'],
    [
      'the hub has another reference',
      { orders: [order({ erpReference: 'ERP-9' })] },
      'order SO-1: is confirmed as ERP-9, but the ERP calls it ERP-1',
    ],
    ['nobody placed what is in the ERP', { orders: [], jobs: [] }, "ERP-1 is in the ERP for no order of the hub's"],
    [
      "it is in another vendor's ERP",
      { ledger: [entry({ vendorId: 'vendor-2' })] },
      'order SO-1: ERP-1 is in the ERP of vendor-2, not of vendor-1',
    ],
    [
      'another job created it',
      { ledger: [entry({ jobId: 'job-9' })] },
      'order SO-1: ERP-1 was created by job job-9, which is none of its create jobs',
    ],
    [
      'a failed order is no dead letter',
      { ledger: [], orders: [order({ erpStatus: 'failed' })], jobs: [create({ status: 'failed' })] },
      'order SO-1: is failed without a dead letter',
    ],
    [
      'a dead letter has no reason',
      {
        ledger: [],
        orders: [order({ erpStatus: 'failed' })],
        jobs: [create({ status: 'failed' })],
        openDeadLetters: [letter({ failureCode: '' })],
      },
      'the dead letter of job job-1 has no reason',
    ],
    [
      'a confirmed order is still a dead letter',
      { jobs: [create({ status: 'failed' })], openDeadLetters: [letter()] },
      'order SO-1: is confirmed, but its create_order is still a dead letter',
    ],
    ['an order is not done', { ledger: [], orders: [order({ erpStatus: 'syncing' })] }, 'order SO-1: is still syncing'],
    [
      'a job is not done',
      { jobs: [create({ status: 'awaiting_callback' })] },
      'order SO-1: its create_order job-1 is still awaiting_callback',
    ],
    [
      'a cancelled order lives on in the ERP',
      { orders: [cancelled], jobs: [create(), cancel()] },
      'order SO-1: is cancelled, but ERP-1 is not cancelled in the ERP',
    ],
    [
      'an order was cancelled twice',
      { ledger: [{ ...cancelledEntry, cancelCount: 2 }], orders: [cancelled], jobs: [create(), cancel()] },
      'order SO-1: ERP-1 was cancelled 2 times',
    ],
    [
      'a cancel was done before its create',
      { ledger: [], orders: [cancelled], jobs: [create({ status: 'processing' }), cancel()] },
      'order SO-1: its cancel_order job-2 is completed before its create_order',
    ],
    [
      'the ERP was told to cancel what it had not',
      { strayCancels: [{ vendorId: 'vendor-1', jobId: 'job-2', orderId: 'order-1', orderNumber: 'SO-1', at: '2026-01-31T08:31:00.000Z' }] },
      'order SO-1: the ERP was told to cancel it while it had none',
    ],
  ])('%s', (_, facts, fault) => {
    expect(check(facts)).toContain(fault);
  });
});
