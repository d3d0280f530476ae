import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** The most bytes of a call, as they arrive and inflated. */
export const MOST_CALL_BYTES = 1024 * 1024;

/** A body that is not to be read: 413, 415 or 400. */
export class UnreadableBody extends Error {
  constructor(
    readonly status: 400 | 413 | 415,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'UnreadableBody';
  }
}

/**
 * The body of a request, inflated.
 * @throws UnreadableBody, or the error of the connection
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (!/^(identity|(x-)?gzip)$/i.test(encoding)) throw new UnreadableBody(415, 'bodies are plain or gzipped');
  if (Number(request.headers['content-length']) > MOST_CALL_BYTES) throw tooLarge();
  // Whoever is refused still has to read why: the request is not destroyed.
  const source = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  return /identity/i.test(encoding) ? collect(source) : inflate(source, request);
}

async function inflate(source: AsyncIterable<Buffer>, request: IncomingMessage): Promise<Buffer> {
  const inflated = createGunzip();
  const [body, piped] = await Promise.allSettled([collect(inflated), pipeline(limited(source), inflated)]);
  const faults: unknown[] = [body, piped].flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (body.status === 'fulfilled' && faults.length === 0) return body.value;
  const refusal = faults.find((fault) => fault instanceof UnreadableBody);
  if (refusal !== undefined) throw refusal;
  const lost = request.destroyed && !request.complete;
  if (lost) throw faults[0];
  throw new UnreadableBody(400, 'the body is no gzip', { cause: faults[0] });
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of limited(stream)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* limited(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MOST_CALL_BYTES) throw tooLarge();
    yield chunk;
  }
}

const tooLarge = () => new UnreadableBody(413, `a call has at most ${MOST_CALL_BYTES} bytes`);
