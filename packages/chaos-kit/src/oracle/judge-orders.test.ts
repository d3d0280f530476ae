import type { CallRecord } from '@repo/stand-in-erp/records';
import { judgeOrders, type RunFacts } from './judge-orders';

const ORDER = { id: 'o-1', orderNumber: 'N-1', vendorId: 'v-1', erpStatus: 'confirmed', erpReference: 'ERP-1', hasJob: true };
const JOB = {
  id: 'j-1',
  orderId: 'o-1',
  vendorId: 'v-1',
  operation: 'create_order' as const,
  sequence: 1,
  status: 'completed',
  attemptNo: 1,
  attempts: 1,
  firstAttemptAt: 1_000,
  completedAt: 2_000,
};
const CANCEL = { ...JOB, id: 'j-2', operation: 'cancel_order' as const, sequence: 2, firstAttemptAt: 3_000, completedAt: 4_000 };
const ENTRY = {
  reference: 'ERP-1',
  vendorId: 'v-1',
  jobId: 'j-1',
  orderId: 'o-1',
  orderNumber: 'N-1',
  at: '2026-01-01T00:00:00Z',
  lines: 1,
  total: '1',
  cancelled: false,
  cancelledAt: null,
  cancelCount: 0,
};
const CALL = {
  at: '2026-01-01T00:00:00Z',
  vendorId: 'v-1',
  call: 'create-order' as const,
  callId: null as string | null,
  jobId: 'j-1',
  orderId: 'o-1',
  orderNumber: 'N-1',
  nth: 1,
  attempt: 1,
  correlationId: 'c',
  idempotencyKey: 'j-1',
  deadline: null,
  bearer: 'ok' as const,
  signature: 'ok' as CallRecord['signature'],
  fault: 'complete' as CallRecord['fault'],
  breach: null,
};
const FETCHED = { ...CALL, callId: 'c-1' };
const PULL = [{ vendorId: 'v-1', transport: 'pull' as const }];
const PLANNED = { vendorId: 'v-1', orderNumber: 'N-1', atMs: 0, lines: [], cancelAfterMs: null, retryDeadLetter: false };

/** A run of one order in which all is well, with some of it changed. */
function run({ load, facts, ...changes }: Partial<{ [K in keyof RunFacts]: Partial<RunFacts[K]> }> = {}): RunFacts {
  return {
    vendors: [{ vendorId: 'v-1', transport: 'push' }],
    planned: [PLANNED],
    load: { placed: new Map([['N-1', { id: 'o-1', jobId: 'j-1' }]]), cancelled: new Set(), repeats: 0, refusals: [], ...load },
    facts: { orders: [ORDER], jobs: [JOB], unfetched: [], openDeadLetters: [], resolvedDeadLetters: 0, ...facts },
    ledger: [ENTRY],
    strayCancels: [],
    calls: [CALL],
    ...changes,
  } as RunFacts;
}

describe('judgeOrders', () => {
  it('finds nothing when everyone says the same', () => {
    expect(judgeOrders(run())).toEqual([]);
    expect(judgeOrders(run({ calls: [{ ...CALL, signature: 'unchecked', fault: 'clock_unknown' }] }))).toEqual([]);
    expect(judgeOrders(run({ vendors: PULL, calls: [FETCHED, { ...FETCHED, callId: 'c-2' }] }))).toEqual([]);
  });

  it.each<[string, Parameters<typeof run>[0], RegExp]>([
    [
      'an order that was answered and is lost',
      { facts: { orders: [], jobs: [] }, ledger: [] },
      /^order N-1: was answered as o-1, and is lost$/,
    ],
    ['an order that is there under another id', { facts: { orders: [{ ...ORDER, id: 'o-2' }] } }, /is there as o-2/],
    ['an order that nobody placed', { planned: [], load: { placed: new Map() } }, /^order N-1: nobody placed it$/],
    ['an order that was not answered', { load: { refusals: [{ orderNumber: 'N-1', text: 'POST was not answered' }] } }, /was not answered/],
    ['an order without its job', { facts: { orders: [{ ...ORDER, hasJob: false }] } }, /has no job that creates it/],
    ['an order that is not in the ERP', { ledger: [] }, /is confirmed, but is not in the ERP/],
    ['an order that is twice in the ERP', { ledger: [ENTRY, { ...ENTRY, reference: 'ERP-2' }] }, /is 2 times in the ERP/],
    ['a cancellation that was accepted and came to nothing', { load: { cancelled: new Set(['N-1']) } }, /accepted, and it is confirmed/],
    ['an attempt without its record', { facts: { jobs: [{ ...JOB, attemptNo: 2 }] } }, /made 2 attempts, of which 1 are recorded/],
    [
      'jobs that ran at once',
      { facts: { jobs: [JOB, { ...CANCEL, firstAttemptAt: 1_999 }] } },
      /began before an earlier job of it had ended/,
    ],
    [
      'jobs in the wrong order at the ERP',
      { calls: [{ ...CALL, call: 'cancel-order' }, CALL] },
      /told to create it after it was told to cancel/,
    ],
    ['a call without a good signature', { calls: [{ ...CALL, signature: 'wrong' }] }, /wrong credentials/],
    ['a call whose signature nobody looked at', { calls: [{ ...CALL, signature: 'unchecked' }] }, /wrong credentials/],
    ['a call under the key of another job', { calls: [{ ...CALL, idempotencyKey: 'j-9' }] }, /idempotency key j-9/],
    ['a call that was handed out twice', { vendors: PULL, calls: [FETCHED, FETCHED] }, /the call c-1 was handed out twice/],
    [
      'a call that was fetched and counts as taken back',
      { vendors: PULL, calls: [FETCHED], facts: { unfetched: [{ jobId: 'j-1', attempt: 1 }] } },
      /attempt 1 was fetched, and the hub says it was not/,
    ],
    ['a polling agent that was called', { vendors: PULL }, /came the wrong way/],
    ['an agent that fetched what it should be called with', { calls: [FETCHED] }, /came the wrong way/],
    ['a call that breaks the contract', { calls: [{ ...CALL, breach: 'no lines' }] }, /broke the contract: no lines/],
  ])('finds %s', (_what, changes, fault) => {
    expect(judgeOrders(run(changes)).some((text) => fault.test(text))).toBe(true);
  });
});
