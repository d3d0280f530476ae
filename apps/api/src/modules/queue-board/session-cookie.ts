import type { FastifyRequest } from 'fastify';
import type { KeyIdentity } from '../../platform/http/caller';
import { BOARD_PATH } from './board-pages';
import { SESSION_SECONDS, type BoardSessions } from './board-sessions';

const NAME = 'hub_queue_board';
const EACH = new RegExp(`(?:^|;) *${NAME}=([^;]*)`, 'g');

/** The holder of the session whose cookie came with a request; undefined without one that holds. */
export function readSession({ headers }: Pick<FastifyRequest, 'headers'>, sessions: BoardSessions): KeyIdentity | undefined {
  for (const [, value = ''] of (headers.cookie ?? '').matchAll(EACH)) {
    const identity = sessions.read(value.trim(), new Date());
    if (identity !== undefined) return identity;
  }
  return undefined;
}

/** `Set-Cookie` of a new session. Undefined ends the one there is. */
export function sessionCookie(request: Pick<FastifyRequest, 'headers' | 'protocol'>, value: string | undefined): string {
  // A proxy that nobody told the hub to trust is believed here: if it lies, the cookie only goes to fewer places.
  const secure = request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https';
  const life = value === undefined ? 0 : SESSION_SECONDS;
  return `${NAME}=${value ?? ''}; Path=${BOARD_PATH}; Max-Age=${life}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
