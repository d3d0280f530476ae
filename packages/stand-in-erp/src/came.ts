import { NotTrusted, type IncomingCall } from '@erp-sync-hub/agent-sdk/answer/answer-call';
import type { CallRecord } from './records';

/** What is written down of a call whatever becomes of it. Names are empty when the body cannot be read. */
export function recordOf(
  { headers, body }: IncomingCall,
  whose: Pick<CallRecord, 'vendorId' | 'call' | 'callId'>,
): Omit<CallRecord, 'nth' | 'bearer' | 'signature' | 'fault' | 'breach'> {
  const about = parseJson(typeof body === 'string' ? body : Buffer.from(body).toString());
  const name = (value: unknown) => (typeof value === 'string' ? value : '');
  const header = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    at: new Date().toISOString(),
    ...whose,
    jobId: name(about['jobId']),
    orderId: name(about['orderId']),
    orderNumber: name(about['orderNumber']),
    attempt: typeof about['attempt'] === 'number' ? about['attempt'] : null,
    correlationId: header(headers['x-correlation-id']),
    idempotencyKey: header(headers['idempotency-key']),
    deadline: header(headers['x-deadline']),
  };
}

/** What the SDK found of the credentials of a call. */
export function trustIn(
  { headers }: IncomingCall,
  outboundToken: string,
  trouble: unknown,
  fault: CallRecord['fault'],
): Pick<CallRecord, 'bearer' | 'signature'> {
  const isSigned = !(trouble instanceof NotTrusted) || trouble.fault === 'wrong_token';
  return {
    bearer: headers['authorization'] === `Bearer ${outboundToken}` ? 'ok' : 'wrong',
    signature: fault === 'clock_unknown' ? 'unchecked' : isSigned ? 'ok' : 'wrong',
  };
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    // Not JSON is one more way to break the contract, which the SDK then says.
    return {};
  }
}
