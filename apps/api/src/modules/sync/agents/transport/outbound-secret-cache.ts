import { LRUCache } from 'lru-cache';
import { outboundSecrets, type OutboundSecrets } from '../outbound-secrets';

const MOST_KEPT = 1_000;

/** Outbound secrets by vendor and version. They never change, so that what is kept is never wrong; deriving takes two HKDFs. */
export class OutboundSecretCache {
  private readonly kept = new LRUCache<string, OutboundSecrets>({ max: MOST_KEPT });

  constructor(private readonly outboundSecret: string) {}

  of(vendorId: string, version: number): OutboundSecrets {
    // A vendor id holds no slash.
    const key = `${vendorId}/${version}`;
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const derived = outboundSecrets(this.outboundSecret, vendorId, version);
    this.kept.set(key, derived);
    return derived;
  }
}
