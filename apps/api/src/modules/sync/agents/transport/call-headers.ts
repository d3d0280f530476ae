import { signCall } from '@repo/contracts/agent-protocol/sign-call';
import type { OutboundSecrets } from '../outbound-secrets';
import type { AgentCall } from './agent-transport';

export interface CallHeadersInput {
  call: Pick<AgentCall, 'correlationId' | 'deadlineAt' | 'idempotencyKey'>;
  /** The body as it goes over the wire. */
  body: string | Uint8Array;
  /** Of the current version. */
  secrets: OutboundSecrets;
  /** Of the version before, while agents may still know no other. */
  previous: OutboundSecrets | undefined;
  /** Unique for each call, without a dot. */
  id: string;
  now: Date;
}

/** The headers of the protocol, by lower-case name: whom to trust, how long, and what to tell repeats by. */
export function callHeaders({ call, body, secrets, previous, id, now }: CallHeadersInput): Record<string, string> {
  const timestamp = Math.floor(now.getTime() / 1000);
  const signingSecrets = [secrets, previous].flatMap((one) => (one === undefined ? [] : [one.signingSecret]));
  return {
    authorization: `Bearer ${secrets.outboundToken}`,
    'x-correlation-id': call.correlationId,
    'x-deadline': call.deadlineAt.toISOString(),
    ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signCall({ id, timestamp, body }, signingSecrets),
  };
}
