import { createHash, timingSafeEqual } from 'node:crypto';
import type { NamedKey } from '../../config/named-keys';
import type { KeyIdentity } from './caller';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** The keys of admins and storefronts. */
export class ApiKeys {
  private readonly keys: readonly { digest: Buffer; identity: KeyIdentity }[];

  constructor(apiSecret: string, named: readonly NamedKey[]) {
    this.keys = [{ name: 'admin', scope: 'admin' as const, secret: apiSecret }, ...named].map(({ name, scope, secret }) => ({
      digest: digest(secret),
      identity: { kind: 'key', name, scope },
    }));
  }

  /** Whose key this is; undefined for none. Compares with every key, so that time tells nothing. */
  identify(presented: string): KeyIdentity | undefined {
    const presentedDigest = digest(presented);
    let found: KeyIdentity | undefined;
    for (const key of this.keys) if (timingSafeEqual(key.digest, presentedDigest)) found ??= key.identity;
    return found;
  }
}

const INCLUDED = { admin: ['admin', 'orders', 'read'], orders: ['orders', 'read'], read: ['read'] } as const;

/** Whether a key's scope covers what an operation asks for. */
export function covers(scope: KeyIdentity['scope'], access: 'admin' | 'orders' | 'read'): boolean {
  return (INCLUDED[scope] as readonly string[]).includes(access);
}
