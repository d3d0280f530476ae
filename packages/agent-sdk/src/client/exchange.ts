import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { HubError, type HubFailure } from './hub-error';
import { readNetworkFault } from './network-fault';

const compress = promisify(gzip);

/** The most bytes of a reply, inflated: room for 50 calls of a poll, whatever is in them. */
const MOST_REPLY_BYTES = 64 * 1024 * 1024;

/** One request, as it goes out. */
export interface Exchange {
  operation: string;
  correlationId: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  /** JSON. */
  body: string | undefined;
  /** Bodies of more bytes are gzipped. */
  gzipOverBytes: number;
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

/** A reply, read to its end. */
export interface Exchanged {
  status: number;
  headers: Headers;
  text: string;
}

/**
 * Sends one request and reads its reply. Redirects are replies like any other: a credential never follows one.
 * @throws HubError `unreachable`, `timeout` or `bad_reply` (too large), or the reason of the signal
 */
export async function exchange(send: typeof fetch, request: Exchange): Promise<Exchanged> {
  const { method, url, timeoutMs, signal } = request;
  signal?.throwIfAborted();
  const over = new AbortController();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    over.abort();
  }, timeoutMs);
  // Not `AbortSignal.any`: one signal may serve all requests of a process, and each has to let go of it.
  const abort = () => over.abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const { body, headers } = await encode(request);
    signal?.throwIfAborted();
    const reply = await send(url, { method, headers, body: body ?? null, redirect: 'manual', signal: over.signal });
    return { status: reply.status, headers: reply.headers, text: await readText(reply, request) };
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (error instanceof HubError) throw error;
    const failure: HubFailure = timedOut ? { kind: 'timeout', timeoutMs } : { kind: 'unreachable', ...readNetworkFault(error) };
    throw new HubError(failure, request, { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

async function encode({
  body,
  headers,
  gzipOverBytes,
}: Exchange): Promise<{ body?: string | Uint8Array; headers: Record<string, string> }> {
  if (body === undefined) return { headers };
  const typed = { ...headers, 'content-type': 'application/json' };
  if (body.length <= gzipOverBytes && Buffer.byteLength(body) <= gzipOverBytes) return { body, headers: typed };
  return { body: await compress(body), headers: { ...typed, 'content-encoding': 'gzip' } };
}

async function readText(reply: Response, request: Exchange): Promise<string> {
  if (reply.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of reply.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MOST_REPLY_BYTES) throw new HubError({ kind: 'bad_reply', status: reply.status, problem: 'too large' }, request);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
