import { hkdfSync } from 'node:crypto';

/** What calls of the hub to an agent are authorised and signed with. */
export interface OutboundSecrets {
  outboundToken: string;
  /** `whsec_` and the base64 of the 32 bytes that signatures are keyed with (Standard Webhooks). */
  signingSecret: string;
}

const SALT = 'erp-sync-hub';

/**
 * The outbound secrets of a vendor's agent. Derived, so that none is stored and no vendor can compute another's; they
 * change with `secretVersion`. Agents keep them: what they are made from here must never change.
 */
export function outboundSecrets(outboundSecret: string, vendorId: string, secretVersion: number): OutboundSecrets {
  // A vendor id holds no slash, so no two inputs give the same text.
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', outboundSecret, SALT, `${purpose}/${vendorId}/${secretVersion}`, 32));
  return {
    outboundToken: `out_${derive('outbound-token').toString('base64url')}`,
    signingSecret: `whsec_${derive('signing-secret').toString('base64')}`,
  };
}
