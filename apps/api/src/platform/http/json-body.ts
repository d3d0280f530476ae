import { isUtf8 } from 'node:buffer';
import { findUnsafe, mayHoldUnsafe } from '@repo/contracts/unsafe-values';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error';
import { formatPath } from '@repo/contracts/problem';
import type { OperationRouteConfig } from './operation.decorator';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the body's text may hold keys or characters that must not reach the database; see `mayHoldUnsafe`. */
    bodyNeedsLook: boolean;
  }
}

/** Reads JSON bodies: UTF-8 or nothing, exact keys, and a clear error for what is not JSON. */
export function registerJsonBody(fastify: FastifyInstance): void {
  fastify.decorateRequest('bodyNeedsLook', false);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parseJson(request, body as Buffer));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
}

function parseJson(request: FastifyRequest, body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw new ApiError('invalid_request', 'The body is not valid UTF-8.');
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError('invalid_request', 'The body is not valid JSON.');
  }
  request.bodyNeedsLook = mayHoldUnsafe(text);
  if (request.bodyNeedsLook && !judgesRowsAlone(request)) refuseUnsafe(value);
  return value;
}

/** Ingest looks at each row itself, so that a bad one fails alone. */
function judgesRowsAlone(request: FastifyRequest): boolean {
  return (request.routeOptions.config as OperationRouteConfig).operation?.documentedBody !== undefined;
}

function refuseUnsafe(value: unknown): void {
  const unsafe = findUnsafe(value);
  if (unsafe === undefined) return;
  const path = formatPath(unsafe.path);
  throw new ApiError('invalid_request', `${path === '' ? 'The body' : `${path}:`} ${unsafe.message}`, {
    errors: [{ path, message: unsafe.message }],
  });
}
