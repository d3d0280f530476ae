import { signCall } from '@repo/contracts/agent-protocol/sign-call';

interface HeadersOf {
  callId: string;
  body: string;
  deadlineAt: string;
  jobId: string;
  /** Milliseconds since 1970. */
  now: number;
  signingSecret?: string;
  outboundToken?: string;
}

/** The headers of a call over a poll. */
export function callHeaders({ callId, body, deadlineAt, jobId, now, signingSecret, outboundToken }: HeadersOf): Record<string, string> {
  const timestamp = Math.floor(now / 1_000);
  return {
    'x-correlation-id': `correlation-${callId}`,
    'x-deadline': deadlineAt,
    'idempotency-key': jobId,
    ...(outboundToken === undefined ? {} : { authorization: `Bearer ${outboundToken}` }),
    ...(signingSecret === undefined
      ? {}
      : {
          'webhook-id': callId,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signCall({ id: callId, timestamp, body }, [signingSecret]),
        }),
  };
}
