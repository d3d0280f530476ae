import { randomBytes } from 'node:crypto';
import { digestOf } from './agent-tokens';

/** A new one-time code and the hash it is kept by. It is random enough for a plain hash: nothing to guess, nothing to slow down. */
export function newEnrolmentCode(): { code: string; codeHash: string } {
  const code = `enr_${randomBytes(24).toString('base64url')}`;
  return { code, codeHash: digestOf(code) };
}
