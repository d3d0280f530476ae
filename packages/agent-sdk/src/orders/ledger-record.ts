import { z } from 'zod';
import type { LedgerEntry } from './order-ledger';

const jobId = z.string().min(1);
const attempt = z.int();
const end = { jobId, attempt, callbackOwed: z.boolean() };

/** A change of a ledger, as it is written down. */
export const LedgerRecord = z.discriminatedUnion('did', [
  z.object({
    did: z.literal('accept'),
    jobId,
    orderId: z.string(),
    orderNumber: z.string(),
    operation: z.enum(['create_order', 'cancel_order']),
    attempt,
    acceptedAt: z.number(),
  }),
  z.object({ did: z.literal('submit'), jobId }),
  z.object({
    did: z.literal('complete'),
    ...end,
    erpReference: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()).nullable(),
  }),
  z.object({ did: z.literal('fail'), ...end, error: z.string(), retryable: z.boolean() }),
  z.object({ did: z.literal('forget'), jobId }),
  z.object({ did: z.literal('tell'), jobId, attempt }),
]);
export type LedgerRecord = z.infer<typeof LedgerRecord>;

/** Makes a change. What is about a job that is not there, or was changed meanwhile, changes nothing. */
export function applyRecord(entries: Map<string, LedgerEntry>, record: LedgerRecord): void {
  const { did, jobId, ...said } = record;
  if (did === 'accept') {
    const { did: _, ...job } = record;
    // At the end again: entries are in the order in which they were accepted last.
    entries.delete(jobId);
    entries.set(jobId, { ...job, state: { status: 'accepted', submitted: false }, callbackOwed: false });
    return;
  }
  if (did === 'forget') {
    entries.delete(jobId);
    return;
  }
  const entry = entries.get(jobId);
  if (entry === undefined) return;
  if (did === 'submit') {
    if (entry.state.status === 'accepted') entries.set(jobId, { ...entry, state: { status: 'accepted', submitted: true } });
  } else if (did === 'tell') {
    if (entry.attempt === record.attempt && entry.state.status !== 'accepted') entries.set(jobId, { ...entry, callbackOwed: false });
  } else {
    const { attempt, callbackOwed, ...state } = said as Omit<Extract<LedgerRecord, { did: 'complete' | 'fail' }>, 'did' | 'jobId'>;
    const ended = (did === 'complete' ? { status: 'completed', ...state } : { status: 'failed', ...state }) as LedgerEntry['state'];
    entries.set(jobId, { ...entry, attempt, callbackOwed, state: ended });
  }
}

/** The records that give an entry. */
export function recordsOf({ state, callbackOwed, ...job }: LedgerEntry): LedgerRecord[] {
  const { jobId, attempt } = job;
  const accept: LedgerRecord = { did: 'accept', ...job };
  if (state.status === 'accepted') return state.submitted ? [accept, { did: 'submit', jobId }] : [accept];
  const { status, ...end } = state;
  return [accept, { did: status === 'completed' ? 'complete' : 'fail', jobId, attempt, callbackOwed, ...end } as LedgerRecord];
}
