import { timingSafeEqual } from 'node:crypto';
import { verifyCall, type SignatureFault } from '@repo/contracts/agent-protocol/sign-call';

/** What the hub proves itself with; from registration or rotation. */
export interface OutboundSecrets {
  outboundToken: string;
  /** `whsec_…` */
  signingSecret: string;
}

/** Headers by lower-case name, as Node has them. */
export type CallHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Why a call is not trusted: not said to the caller. */
export type TrustFault = SignatureFault | 'wrong_token' | 'no_secrets';

/**
 * Whether the hub made this call: signed with one of these secrets, and with the token that goes with it. While secrets change
 * the hub signs with both and sends the new token, which an agent may not know yet: then the signature alone decides.
 */
export function checkTrust(
  headers: CallHeaders,
  body: string | Uint8Array,
  known: readonly OutboundSecrets[],
  now: Date,
): TrustFault | undefined {
  let fault: TrustFault = 'no_secrets';
  for (const { signingSecret } of known) {
    const verified = verifyCall(headers, body, signingSecret, { now });
    if (verified.ok) return changing(headers) || hasToken(headers, known) ? undefined : 'wrong_token';
    fault = verified.fault;
  }
  return fault;
}

/** Two signatures: one for each of two secrets. */
function changing({ 'webhook-signature': signatures }: CallHeaders): boolean {
  return typeof signatures === 'string' && signatures.split(' ').filter((one) => one.startsWith('v1,')).length > 1;
}

function hasToken({ authorization }: CallHeaders, known: readonly OutboundSecrets[]): boolean {
  if (typeof authorization !== 'string') return false;
  return known.filter(({ outboundToken }) => isSameText(authorization, `Bearer ${outboundToken}`)).length > 0;
}

/** In constant time. */
function isSameText(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
