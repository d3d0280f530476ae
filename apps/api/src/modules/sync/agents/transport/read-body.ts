import { createGunzip, type Gunzip } from 'node:zlib';
import type { ReplyBody } from './agent-transport';

/** The most bytes of a reply, as they arrive and as they are inflated. */
export const MOST_REPLY_BYTES = 10 * 1024 * 1024;

/** What a reply is read from: told to wait while inflating lags behind. */
export interface ReplySource {
  pause(): void;
  resume(): void;
}

/**
 * Collects the body of one reply, inflates it when it is gzipped, and reads it as JSON. `settle` is called once, as soon
 * as the outcome is known: with `too_large` that is before the body has ended, and the rest must not be read.
 */
export class BodyReader {
  private received = 0;
  private inflated = 0;
  private readonly chunks: Buffer[] = [];
  private readonly gunzip: Gunzip | undefined;
  private done = false;

  /** @param encoding `Content-Encoding`; of those that were not asked for, nothing can be read */
  constructor(
    encoding: string | undefined,
    private readonly source: ReplySource,
    private readonly settle: (body: ReplyBody) => void,
  ) {
    if (!/^(x-)?gzip$/i.test(encoding?.trim() ?? '')) return;
    this.gunzip = createGunzip();
    this.gunzip.on('data', (chunk: Buffer) => this.keep(chunk));
    this.gunzip.on('drain', () => this.source.resume());
    this.gunzip.on('end', () => this.finish(readJson(this.chunks)));
    this.gunzip.on('error', () => this.finish({ fault: 'not_json' }));
  }

  write(chunk: Buffer): void {
    if (this.done) return;
    this.received += chunk.length;
    if (this.received > MOST_REPLY_BYTES) this.finish({ fault: 'too_large' });
    else if (this.gunzip === undefined) this.keep(chunk);
    else if (!this.gunzip.write(chunk)) this.source.pause();
  }

  /** The body is complete. */
  end(): void {
    if (this.done) return;
    if (this.gunzip === undefined) this.finish(readJson(this.chunks));
    else this.gunzip.end();
  }

  /** Nobody waits any more. */
  drop(): void {
    this.done = true;
    this.chunks.length = 0;
    this.gunzip?.destroy();
  }

  private keep(chunk: Buffer): void {
    if (this.done) return;
    this.inflated += chunk.length;
    if (this.inflated > MOST_REPLY_BYTES) this.finish({ fault: 'too_large' });
    else this.chunks.push(chunk);
  }

  private finish(body: ReplyBody): void {
    if (this.done) return;
    this.drop();
    this.settle(body);
  }
}

function readJson(chunks: readonly Buffer[]): ReplyBody {
  try {
    // Fatal: what is no UTF-8 is refused, never mended.
    return { json: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))) as unknown };
  } catch {
    return { fault: 'not_json' };
  }
}
