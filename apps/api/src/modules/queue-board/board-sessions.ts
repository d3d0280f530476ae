import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { NamedKey } from '../../config/named-keys';
import type { KeyIdentity } from '../../platform/http/caller';

/** How long a sign-in lasts, in seconds. */
export const SESSION_SECONDS = 8 * 3600;

/** `<end, seconds since 1970>.<nonce>.<signature>`: nothing of the key itself, and nothing that is worth reading. */
const FORM = /^(\d{1,12})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/**
 * Sessions of people who signed in with a key of scope `admin`. They are signed with a secret derived from that very key, so every
 * instance can read them, none has to remember them, and they end with the key. The hub's own secret goes in, too: from a cookie
 * nobody can find out a short key by trying.
 */
export class BoardSessions {
  private readonly signers: readonly { secret: Buffer; identity: KeyIdentity }[];

  constructor(
    private readonly apiSecret: string,
    named: readonly NamedKey[],
  ) {
    this.signers = [{ name: 'admin', scope: 'admin' as const, secret: apiSecret }, ...named]
      .filter(({ scope }) => scope === 'admin')
      .map(({ name, scope, secret }) => ({ secret: this.signingSecret(secret), identity: { kind: 'key', name, scope } }));
  }

  /** The value of a new session's cookie, for the holder of a key that has been checked already. */
  open(key: string, now: Date): string {
    const content = `${Math.floor(now.getTime() / 1000) + SESSION_SECONDS}.${randomBytes(16).toString('base64url')}`;
    return `${content}.${sign(this.signingSecret(key), content).toString('base64url')}`;
  }

  /** Whose session this is; undefined for what is over, forged, or of a key that is no admin's any more. */
  read(value: string, now: Date): KeyIdentity | undefined {
    const [, end, nonce, signature] = FORM.exec(value) ?? [];
    if (end === undefined || Number(end) * 1000 <= now.getTime()) return undefined;
    const presented = Buffer.from(signature ?? '', 'base64url');
    return this.signers.find(({ secret }) => timingSafeEqual(sign(secret, `${end}.${nonce}`), presented))?.identity;
  }

  private signingSecret(key: string): Buffer {
    return Buffer.from(hkdfSync('sha256', key, this.apiSecret, 'session of the queue board', 32));
  }
}

function sign(secret: Buffer, content: string): Buffer {
  return createHmac('sha256', secret).update(content).digest();
}
