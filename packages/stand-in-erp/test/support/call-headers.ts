import { randomUUID } from 'node:crypto';
import { signCall } from '@repo/contracts/agent-protocol/sign-call';

/** What the hub proves itself with to every vendor of these tests. */
export const SECRETS = { signingSecret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`, outboundToken: 'out_1' };

/** The headers by which an agent sees that the hub made a call with this body. */
export function trusted(body: string, { signingSecret, outboundToken } = SECRETS, now = Date.now(), id: string = randomUUID()) {
  const timestamp = Math.floor(now / 1_000);
  return {
    authorization: `Bearer ${outboundToken}`,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signCall({ id, timestamp, body }, [signingSecret]),
  };
}

interface HeadersOf {
  callId: string;
  body: string;
  deadlineAt: string;
  jobId: string;
  /** Milliseconds since 1970. */
  now: number;
  secrets: typeof SECRETS;
}

/** The headers of a call over a poll. */
export function callHeaders({ callId, body, deadlineAt, jobId, now, secrets }: HeadersOf): Record<string, string> {
  return {
    'x-correlation-id': `correlation-${callId}`,
    'x-deadline': deadlineAt,
    'idempotency-key': jobId,
    ...trusted(body, secrets, now, callId),
  };
}
