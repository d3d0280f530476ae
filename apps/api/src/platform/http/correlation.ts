import { randomUUID } from 'node:crypto';
import { CORRELATION_ID } from '@repo/contracts/primitives';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { runInContext, type RequestContext } from './request-context';

/** Gives every request its correlation id, first of all: whatever is logged or replied later carries it. */
export function registerCorrelation(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => runInContext(beginRequest(request, reply), done));
}

/** The context of a request; made now for one that the framework answers before any hook has run. */
export function beginRequest(request: FastifyRequest, reply: FastifyReply): RequestContext {
  const begun = request.hub as RequestContext | undefined;
  if (begun !== undefined) return begun;
  const given = request.headers['x-correlation-id'];
  const correlationId = typeof given === 'string' && CORRELATION_ID.test(given) ? given : randomUUID();
  request.hub = { correlationId, fields: {} };
  reply.header('X-Correlation-ID', correlationId);
  return request.hub;
}
