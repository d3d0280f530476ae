import type { IncomingHttpHeaders } from 'node:http';
import { verifyCall } from '@repo/contracts/agent-protocol/sign-call';
import type { VendorOptions } from './control';
import type { Trust } from './records';

/** Compares what a call came with to what the vendor was given at its registration. */
export function checkCredentials(
  { outboundToken, signingSecret }: VendorOptions,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  /** The hub's time, in milliseconds since 1970; null while it is not known, and a signature cannot be judged by it. */
  hubNow: number | null,
): { bearer: Trust; signature: Trust } {
  const trust = (known: string | undefined, right: (secret: string) => boolean): Trust => {
    if (known === undefined) return 'unchecked';
    return right(known) ? 'ok' : 'wrong';
  };
  return {
    bearer: trust(outboundToken, (token) => headers.authorization === `Bearer ${token}`),
    signature:
      hubNow === null ? 'unchecked' : trust(signingSecret, (secret) => verifyCall(headers, body, secret, { now: new Date(hubNow) }).ok),
  };
}
