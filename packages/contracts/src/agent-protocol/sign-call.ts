import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signature covers (Standard Webhooks): `id.timestamp.body`. */
export interface SignedCall {
  /** `webhook-id`: unique for each call, without a dot. */
  id: string;
  /** `webhook-timestamp`: unix time in seconds. */
  timestamp: number;
  /** The body exactly as sent; text stands for its UTF-8. */
  body: string | Uint8Array;
}

/** Why a call is not to be trusted. `bad_secret` is a fault of the verifier's own: the secret is none. */
export type SignatureFault = 'missing_header' | 'bad_timestamp' | 'stale' | 'mismatch' | 'bad_secret';
export type Verification = { ok: true } | { ok: false; fault: SignatureFault };

export interface VerifyOptions {
  /** The verifier's clock, corrected by what heartbeats say of the hub's. */
  now: Date;
  /** How far the timestamp may be from it, in either direction. */
  toleranceSeconds?: number;
}

const PREFIX = 'whsec_';
const TOLERANCE_SECONDS = 300;
// The bounds of Standard Webhooks.
const [LEAST_KEY_BYTES, MOST_KEY_BYTES] = [24, 64];

/**
 * The `webhook-signature` of a call: `v1,<base64>`, one for each secret, separated by spaces.
 * @throws RangeError about an id with a dot, no secret, or a secret that is none; it does not show the secret
 */
export function signCall({ id, timestamp, body }: SignedCall, signingSecrets: readonly string[]): string {
  if (id === '' || id.includes('.')) throw new RangeError('the id of a call must not be empty or hold a dot');
  if (signingSecrets.length === 0) throw new RangeError('a call is signed with at least one secret');
  const signatures = signingSecrets.map((secret) => {
    const key = keyOf(secret);
    if (key === undefined) throw new RangeError('a signing secret is whsec_ and the base64 of 24 to 64 bytes');
    return signature(key, id, String(timestamp), body);
  });
  return signatures.join(' ');
}

/**
 * Whether a call was signed with this secret, and lately. `headers` by lower-case name, as Node has them; `body` exactly as
 * it arrived (after inflating), before any parsing. One right signature of several is enough: there are two while secrets change.
 */
export function verifyCall(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string | Uint8Array,
  signingSecret: string,
  { now, toleranceSeconds = TOLERANCE_SECONDS }: VerifyOptions,
): Verification {
  const key = keyOf(signingSecret);
  if (key === undefined) return { ok: false, fault: 'bad_secret' };
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (!isText(id) || !isText(timestamp) || !isText(signatures)) return { ok: false, fault: 'missing_header' };
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, fault: 'bad_timestamp' };
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > toleranceSeconds) return { ok: false, fault: 'stale' };
  const expected = signature(key, id, timestamp, body);
  const matches = signatures.split(' ').filter((given) => isSameText(given, expected));
  return matches.length > 0 ? { ok: true } : { ok: false, fault: 'mismatch' };
}

function isText(value: string | string[] | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

/** In constant time: how much of a guess was right must not show. */
function isSameText(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function signature(key: Buffer, id: string, timestamp: string, body: string | Uint8Array): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

function keyOf(secret: string): Buffer | undefined {
  if (!secret.startsWith(PREFIX)) return undefined;
  const encoded = secret.slice(PREFIX.length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const key = Buffer.from(encoded, 'base64');
  return key.length >= LEAST_KEY_BYTES && key.length <= MOST_KEY_BYTES ? key : undefined;
}
