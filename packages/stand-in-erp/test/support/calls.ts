import { randomUUID } from 'node:crypto';
import type { CallKind } from '../../src/faults';
import { trusted } from './call-headers';

const MOMENT_MS = 300;

/** What one order is called on both sides. */
export interface CalledJob {
  jobId: string;
  orderId: string;
  orderNumber: string;
}

/** A job about an order that nobody has heard of. */
export function newJob(orderNumber = `SO-${randomUUID().slice(0, 8)}`): CalledJob {
  return { jobId: randomUUID(), orderId: randomUUID(), orderNumber };
}

/** The body of a call as the hub sends it. */
export function bodyOf(call: CallKind, job: CalledJob, vendorId = 'vendor-1'): Record<string, unknown> {
  if (call === 'order-status') return { ...job };
  if (call === 'cancel-order') return { ...job, attempt: 1 };
  const line = { lineNo: 1, sku: 'A-1', description: null, quantity: '2', unitPrice: '5', discountRate: '0', vatRate: '20' };
  const order = {
    id: job.orderId,
    orderNumber: job.orderNumber,
    vendorId,
    customerId: null,
    erpCustomerCode: 'C-1',
    currency: 'EUR',
    requestedDeliveryDate: null,
    billingAddress: null,
    shippingAddress: null,
    notes: null,
    amountVatExcluded: '10',
    vatAmount: '2',
    amountVatIncluded: '12',
    createdAt: '2026-01-31T08:30:00.000Z',
    lines: [{ ...line, amountVatExcluded: '10', vatAmount: '2' }],
  };
  return { ...job, attempt: 1, order };
}

/** What came back: a reply, a connection that was cut or refused, or nothing for a moment. */
export type Reply = { status: number; text: string; json: unknown; headers: Headers } | 'cut' | 'refused' | 'nothing';

/** Makes one call over a real socket. */
export async function makeCall(
  agentUrl: string,
  call: CallKind,
  job: CalledJob,
  { headers = {}, body = JSON.stringify(bodyOf(call, job)), waitMs = 10_000 }: CallOptions = {},
): Promise<Reply> {
  try {
    const reply = await fetch(`${agentUrl}/sync/${call}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': job.jobId, ...trusted(body), ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(waitMs),
    });
    const text = await reply.text();
    return { status: reply.status, text, json: parse(text), headers: reply.headers };
  } catch (error) {
    // By name: Jest's realm has an Error of its own.
    if ((error as Error).name === 'TimeoutError') return 'nothing';
    const { code } = (error as { cause?: { code?: string } }).cause ?? {};
    return code === 'ECONNREFUSED' ? 'refused' : 'cut';
  }
}

/** For calls that are not expected to be answered. */
export const briefly: CallOptions = { waitMs: MOMENT_MS };

export interface CallOptions {
  headers?: Record<string, string>;
  /** Exactly what is sent. */
  body?: string;
  waitMs?: number;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
