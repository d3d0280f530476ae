import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../../platform/errors/api-error';
import { covers, type ApiKeys } from '../../platform/http/api-keys';
import type { RateLimiter } from '../../platform/http/rate-limiter';
import { BOARD_PATH, signInPage, signOutPage } from './board-pages';
import type { BoardSessions } from './board-sessions';
import { cameFromHere } from './came-from-here';
import { readSession, sessionCookie } from './session-cookie';

const HTML = 'text/html; charset=utf-8';
const FORM = 'application/x-www-form-urlencoded';
const LARGEST_FORM = 4_096;

interface SignInParts {
  keys: ApiKeys;
  sessions: BoardSessions;
  limiter: RateLimiter;
}

/** The forms with which a session begins and ends. */
export function registerSignIn(scope: FastifyInstance, parts: SignInParts): void {
  scope.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: LARGEST_FORM }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
  scope.get('/sign-in', (request, reply) => {
    if (readSession(request, parts.sessions) !== undefined) return reply.redirect(`${BOARD_PATH}/`, 303);
    return reply.type(HTML).send(signInPage());
  });
  scope.get('/sign-out', (_request, reply) => reply.type(HTML).send(signOutPage()));
  const posts = { bodyLimit: LARGEST_FORM, onRequest: (request: FastifyRequest) => assertFromHere(request) };
  scope.post('/sign-in', posts, async (request, reply) => {
    const value = await signIn(request, parts);
    return reply.header('Set-Cookie', sessionCookie(request, value)).redirect(`${BOARD_PATH}/`, 303);
  });
  scope.post('/sign-out', posts, (request, reply) =>
    reply.header('Set-Cookie', sessionCookie(request, undefined)).redirect(`${BOARD_PATH}/sign-in`, 303),
  );
}

// oxlint-disable-next-line require-await -- what a hook throws must be a rejection
async function assertFromHere(request: FastifyRequest): Promise<void> {
  if (!cameFromHere(request)) throw new ApiError('forbidden', 'This form was not sent by a page of this hub.');
}

/** Gives the value of the cookie. */
async function signIn(request: FastifyRequest, { keys, sessions, limiter }: SignInParts): Promise<string> {
  const key = (request.body instanceof URLSearchParams ? request.body.get('key') : null) ?? '';
  const identity = keys.identify(key);
  if (identity === undefined) {
    await limiter.consume('auth_failures', request.ip);
    throw new ApiError('unauthorized', 'This key is not valid.');
  }
  request.caller = identity;
  if (!covers(identity.scope, 'admin')) throw new ApiError('forbidden', 'This key does not have the scope admin.');
  return sessions.open(key, new Date());
}
