import { randomUUID } from 'node:crypto';
import type { AgentCall, AgentEndpoint } from './agent-transport';
import { callHeaders } from './call-headers';
import { OutboundSecretCache } from './outbound-secret-cache';

/** What of an endpoint says which secrets it trusts. */
export type SigningEndpoint = Pick<AgentEndpoint, 'vendorId' | 'secretVersion' | 'signWithPrevious'>;

/** Makes the headers of calls, with the secrets of the vendor. */
export class CallSigner {
  private readonly secrets: OutboundSecretCache;

  /** @param outboundSecret OUTBOUND_SECRET */
  constructor(outboundSecret: string) {
    this.secrets = new OutboundSecretCache(outboundSecret);
  }

  /** The headers of a call that goes out now with exactly this body. */
  headersFor(
    { vendorId, secretVersion, signWithPrevious }: SigningEndpoint,
    call: Pick<AgentCall, 'correlationId' | 'deadlineAt' | 'idempotencyKey'>,
    body: string,
    now: Date,
  ): Record<string, string> {
    const secrets = this.secrets.of(vendorId, secretVersion);
    const previous = signWithPrevious && secretVersion > 1 ? this.secrets.of(vendorId, secretVersion - 1) : undefined;
    return callHeaders({ call, body, secrets, previous, id: `call_${randomUUID()}`, now });
  }
}
