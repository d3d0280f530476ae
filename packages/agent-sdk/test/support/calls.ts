import { randomUUID } from 'node:crypto';
import { signCall } from '@repo/contracts/agent-protocol/sign-call';
import type { IncomingCall } from '../../src/answer/answer-call';
import type { OutboundSecrets } from '../../src/answer/check-trust';

const secrets = (n: number): OutboundSecrets => ({
  outboundToken: `out_${n}`,
  signingSecret: `whsec_${Buffer.alloc(32, n).toString('base64')}`,
});
/** Of the present, of the time before, and of somebody else. */
export const [CURRENT, PREVIOUS, FOREIGN] = [secrets(7), secrets(6), secrets(9)] as [OutboundSecrets, OutboundSecrets, OutboundSecrets];

export interface CallOptions {
  /** What it is signed with, the first one with its token; the current ones when not said. */
  signedWith?: readonly OutboundSecrets[];
  token?: string;
  /** From now on. */
  deadlineMs?: number;
  now?: number;
  headers?: Record<string, string | undefined>;
}

/** A call as the hub makes it. */
export function callOf(
  path: string,
  body: unknown,
  options: CallOptions = {},
): IncomingCall & { body: string; headers: Record<string, string> } {
  const { signedWith = [CURRENT], deadlineMs = 30_000, now = Date.now() } = options;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const timestamp = Math.floor(now / 1_000);
  const id = `call_${randomUUID()}`;
  const headers: Record<string, string | undefined> = {
    'content-type': 'application/json',
    authorization: `Bearer ${options.token ?? signedWith[0]?.outboundToken}`,
    'x-correlation-id': 'correlation-1',
    'x-deadline': new Date(now + deadlineMs).toISOString(),
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signCall(
      { id, timestamp, body: text },
      signedWith.map(({ signingSecret }) => signingSecret),
    ),
    ...options.headers,
  };
  return { path, body: text, headers: JSON.parse(JSON.stringify(headers)) as Record<string, string> };
}

/** A number for each job. */
export const uuid = (n: number) => `019b0000-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const jobOf = (n: number) => ({ jobId: uuid(n), orderId: uuid(n + 1_000_000), orderNumber: `SO-${n}` });

/** The body of create-order. */
export function createOf(n: number, attempt = 1) {
  const job = jobOf(n);
  const order = {
    id: job.orderId,
    orderNumber: job.orderNumber,
    vendorId: 'vendor-1',
    customerId: null,
    erpCustomerCode: 'C-1',
    currency: 'EUR',
    requestedDeliveryDate: null,
    billingAddress: null,
    shippingAddress: null,
    notes: 'Crème brûlée – 寿司',
    amountVatExcluded: '25',
    vatAmount: '1.375',
    amountVatIncluded: '26.375',
    createdAt: '2026-01-31T08:30:00.000Z',
    lines: [
      {
        lineNo: 1,
        sku: 'A-1',
        description: null,
        quantity: '2',
        unitPrice: '12.5',
        discountRate: '0',
        vatRate: '5.5',
        amountVatExcluded: '25',
        vatAmount: '1.375',
      },
    ],
  };
  return { ...job, attempt, order };
}
