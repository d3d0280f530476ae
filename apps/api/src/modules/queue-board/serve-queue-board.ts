import type { Queue } from 'bullmq';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Redis } from 'ioredis';
import { ApiError, unauthorized } from '../../platform/errors/api-error';
import { covers, type ApiKeys } from '../../platform/http/api-keys';
import type { RateLimiter } from '../../platform/http/rate-limiter';
import { Board } from './board';
import { BOARD_PATH } from './board-pages';
import type { BoardSessions } from './board-sessions';
import { replyToFailure } from './reply-to-failure';
import { registerSignIn } from './sign-in';
import { readSession } from './session-cookie';
import { whileRedisAnswers } from './while-redis-answers';

/** What the board needs. */
export interface QueueBoardParts {
  /** Every queue of the hub, once the app has started. */
  queues(): readonly Queue[];
  keys: ApiKeys;
  sessions: BoardSessions;
  limiter: RateLimiter;
  /** The connection whose commands fail at once while Redis is away. */
  redis: Redis;
}

/** Nothing from elsewhere, no code in the page, in no frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join(';');

/** Serves what is in the queues to people, to look at and not to touch: sign-in, page, files and what the page asks for. */
export function serveQueueBoard(fastify: FastifyInstance, parts: QueueBoardParts): void {
  fastify.register(
    (scope, _options, done) => {
      scope.setErrorHandler((error, request, reply) => replyToFailure(error, request, reply));
      scope.addHook('onRequest', (_request, reply, next) => {
        reply.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
        reply.header('X-Frame-Options', 'DENY');
        reply.header('Cache-Control', 'no-store');
        // With `no-referrer` a browser hides from the hub itself where a form comes from.
        reply.header('Referrer-Policy', 'same-origin');
        next();
      });
      registerSignIn(scope, parts);
      scope.register((behindSignIn, _none, ready) => {
        registerBoard(behindSignIn, parts);
        ready();
      });
      done();
    },
    { prefix: BOARD_PATH },
  );
}

function registerBoard(scope: FastifyInstance, parts: QueueBoardParts): void {
  let loaded: Promise<Board> | undefined;
  const board = () =>
    (loaded ??= Board.load(parts.queues()).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    }));

  scope.addHook('onRequest', (request) => admit(request, parts));
  for (const url of ['/', '/job-schedulers', '/queue/*']) {
    scope.get(url, async (_request, reply) => {
      // A page that could show nothing says so at once.
      await whileRedisAnswers(parts.redis, async () => undefined);
      return reply.type('text/html; charset=utf-8').send((await board()).page);
    });
  }
  scope.get('/static/*', async (request, reply) => {
    const file = await (await board()).files.read(wildcardOf(request));
    if (file === undefined) throw new ApiError('not_found');
    return reply.header('Cache-Control', 'private, max-age=3600').type(file.type).send(file.content);
  });
  scope.get('/api/*', async (request, reply: FastifyReply) => {
    const answer = await whileRedisAnswers(parts.redis, async () =>
      (await board()).ask(`/api/${wildcardOf(request)}`, request.query as Record<string, string>),
    );
    if (answer === undefined) throw new ApiError('not_found');
    return reply.status(answer.status).send(answer.body);
  });
}

/** By the header, as everywhere, or by the cookie of a session. */
async function admit(request: FastifyRequest, { keys, sessions, limiter }: QueueBoardParts): Promise<void> {
  const presented = request.headers['x-api-key'];
  if (typeof presented !== 'string') {
    request.caller = readSession(request, sessions) ?? null;
    if (request.caller === null) throw unauthorized();
    return;
  }
  const identity = keys.identify(presented);
  if (identity === undefined) {
    await limiter.consume('auth_failures', request.ip);
    throw unauthorized();
  }
  if (!covers(identity.scope, 'admin')) throw new ApiError('forbidden', 'This key does not have the scope admin.');
  request.caller = identity;
}

function wildcardOf(request: FastifyRequest): string {
  return (request.params as { '*': string })['*'];
}
