import { PROBLEM_MEDIA_TYPE } from '@repo/contracts/problem';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { beginRequest } from './correlation';
import { problemOf, toApiError } from './problem-reply';

/** Replies with a problem document, and leaves the cause to the request's log line. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  const apiError = toApiError(error);
  const { correlationId, fields } = beginRequest(request, reply);
  fields['code'] = apiError.code;
  if (apiError.status >= 500) fields['err'] = apiError.cause ?? apiError;
  if (reply.sent) return;
  if (apiError.retryAfterSeconds !== undefined) reply.header('Retry-After', String(apiError.retryAfterSeconds));
  // Fastify would close a connection on which a body is still coming: a reset, which may be all that the client gets to see.
  if (apiError.code !== 'shutting_down') reply.removeHeader('Connection');
  if (apiError.code === 'unauthorized') reply.header('WWW-Authenticate', 'Bearer');
  reply
    .status(apiError.status)
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problemOf(apiError, correlationId)));
}
