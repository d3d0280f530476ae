import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { formatPath } from '@repo/contracts/problem';
import { findUnsafe, mayHoldUnsafe } from '@repo/contracts/unsafe-values';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error';
import type { OperationRouteConfig } from './operation.decorator';
import { RowSplitter } from './split-rows';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the body's text may hold keys or characters that must not reach the database; see `mayHoldUnsafe`. */
    bodyNeedsLook: boolean;
  }
}

/** Takes the bytes of a body as they come, and gives its value at the end. */
interface BodyReader {
  write(chunk: Buffer): void;
  end(): unknown;
}

/** Reads JSON bodies: UTF-8 or nothing, exact keys, and a clear error for what is not JSON. */
export function registerJsonBody(fastify: FastifyInstance): void {
  fastify.decorateRequest('bodyNeedsLook', false);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', (request, payload, done) => {
    receive(request, payload, judgesRowsAlone(request) ? rowByRow(request) : atOnce(request), done);
  });
}

/** Ingest looks at each row itself, so that a bad one fails alone. */
function judgesRowsAlone(request: FastifyRequest): boolean {
  return (request.routeOptions.config as OperationRouteConfig).operation?.judgesRows === true;
}

/** Feeds the reader, at most up to the route's limit: of the bytes on the wire, and of the inflated ones. */
function receive(
  request: FastifyRequest,
  payload: Readable & { receivedEncodedLength?: number },
  reader: BodyReader,
  done: (error: Error | null, value?: unknown) => void,
): void {
  const limit = request.routeOptions.bodyLimit;
  let received = 0;
  const finish = (error: Error | null, value?: unknown) => {
    payload.off('data', onData);
    payload.off('end', onEnd);
    payload.off('error', finish);
    // What comes after an end of our own making is nobody's business any more, an error least of all.
    payload.on('error', ignore);
    if (error !== null) {
      readAndDrop(request.raw);
      if (payload !== request.raw) payload.destroy();
    }
    done(error, value);
  };
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      finish(asRequestError(error));
    }
  };
  const onData = (chunk: Buffer) => {
    received += chunk.length;
    if (received > limit || (payload.receivedEncodedLength ?? 0) > limit) {
      finish(new ApiError('payload_too_large', `The body is larger than ${limit} bytes.`));
    } else {
      attempt(() => reader.write(chunk));
    }
  };
  const onEnd = () => attempt(() => finish(null, received === 0 ? undefined : reader.end()));
  if (Number(request.headers['content-length'] ?? 0) > limit) {
    finish(new ApiError('payload_too_large', `The body is larger than ${limit} bytes.`));
    return;
  }
  payload.on('data', onData);
  payload.on('end', onEnd);
  payload.on('error', finish);
}

/** The rest of a body that is refused: a client that still sends is not yet listening. */
function readAndDrop(rest: Readable): void {
  rest.unpipe();
  rest.resume();
}

const ignore = () => undefined;

function asRequestError(error: unknown): Error {
  if (error instanceof SyntaxError) return new ApiError('invalid_request', 'The body is not valid JSON.');
  if (error instanceof TypeError) return new ApiError('invalid_request', 'The body is not valid UTF-8.');
  return error as Error;
}

function rowByRow(request: FastifyRequest): BodyReader {
  const splitter = new RowSplitter();
  return {
    write: (chunk) => splitter.write(chunk),
    end: () => {
      const { value, needsLook } = splitter.end();
      request.bodyNeedsLook = needsLook;
      return value;
    },
  };
}

function atOnce(request: FastifyRequest): BodyReader {
  const chunks: Buffer[] = [];
  return {
    write: (chunk) => void chunks.push(chunk),
    end: () => {
      const bytes = Buffer.concat(chunks);
      if (!isUtf8(bytes)) throw new TypeError('not UTF-8');
      const text = bytes.toString('utf8');
      const value = JSON.parse(text) as unknown;
      request.bodyNeedsLook = mayHoldUnsafe(text);
      if (request.bodyNeedsLook) refuseUnsafe(value);
      return value;
    },
  };
}

function refuseUnsafe(value: unknown): void {
  const unsafe = findUnsafe(value);
  if (unsafe === undefined) return;
  const path = formatPath(unsafe.path);
  throw new ApiError('invalid_request', `${path === '' ? 'The body' : `${path}:`} ${unsafe.message}`, {
    errors: [{ path, message: unsafe.message }],
  });
}
