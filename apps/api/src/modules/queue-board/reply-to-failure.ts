import type { FastifyReply, FastifyRequest } from 'fastify';
import { toApiError } from '../../platform/http/problem-reply';
import { sendProblem } from '../../platform/http/send-problem';
import { BOARD_PATH, failurePage, signInPage } from './board-pages';

/** What went wrong: a page for a person, the form where a sign-in is missing or failed, and a problem document for all others. */
export function replyToFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  // What Bull Board decodes itself may be no code for anything.
  const apiError = toApiError(error instanceof URIError ? Object.assign(error, { statusCode: 400 }) : error);
  if (!isPerson(request)) {
    sendProblem(request, reply, apiError);
    return;
  }
  const { fields } = request.hub;
  fields['code'] = apiError.code;
  if (apiError.status >= 500) fields['err'] = apiError.cause ?? apiError;
  if (apiError.code === 'unauthorized' && request.method === 'GET') {
    reply.redirect(`${BOARD_PATH}/sign-in`, 303);
    return;
  }
  if (apiError.retryAfterSeconds !== undefined) reply.header('Retry-After', String(apiError.retryAfterSeconds));
  const detail = apiError.code === 'internal' ? 'Something went wrong. The log says what.' : apiError.message;
  reply
    .status(apiError.status)
    .type('text/html; charset=utf-8')
    .send(request.method === 'POST' ? signInPage(detail) : failurePage('No queues', detail));
}

function isPerson(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') === true;
}
