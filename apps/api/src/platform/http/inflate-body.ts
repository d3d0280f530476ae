import { Transform, type TransformCallback } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../errors/api-error';

/** Counts what came over the wire, so that the body limit holds for the compressed size too. */
class Counter extends Transform {
  received = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.received += chunk.length;
    done(null, chunk);
  }
}

/**
 * Accepts `Content-Encoding: gzip`. The limit on the inflated size is the body limit itself, which stops reading at once:
 * a bomb is never inflated past it.
 */
export function registerInflate(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase();
    if (encoding === undefined || encoding === '' || encoding === 'identity') {
      done(null, payload);
      return;
    }
    if (encoding !== 'gzip' && encoding !== 'x-gzip') {
      done(new ApiError('unsupported_media_type', `Content-Encoding ${encoding.slice(0, 30)} is not supported: send gzip, or none.`));
      return;
    }
    // The length header speaks of the compressed body: the parser must not compare it with the inflated one.
    delete request.headers['content-length'];
    const counter = new Counter();
    const gunzip = createGunzip();
    Object.defineProperty(gunzip, 'receivedEncodedLength', { get: () => counter.received });
    const spoil = (error: Error) => gunzip.destroy(new ApiError('invalid_request', 'The body is not valid gzip.', { cause: error }));
    gunzip.prependListener('error', () => payload.unpipe(counter));
    payload.once('error', spoil);
    payload.pipe(counter).pipe(gunzip);
    done(null, gunzip);
  });
}
