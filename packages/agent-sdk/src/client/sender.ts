import { randomUUID } from 'node:crypto';
import type { Operation } from '@repo/contracts/operations/operation';
import { CORRELATION_ID } from '@repo/contracts/primitives';
import type { z } from 'zod';
import { Absence } from './absence';
import { exchange, type Exchanged } from './exchange';
import { HubError } from './hub-error';
import { readFailure } from './read-failure';
import { readTolerantly } from './read-tolerantly';
import { DEFAULT_RETRY, withRetries, type Random, type Repeatable, type RetryPolicy } from './retry';

/** What one request may be given besides its content. */
export interface RequestOptions {
  /** Rejects with its reason when aborted. */
  signal?: AbortSignal | undefined;
  /** For one try, from connecting to the last byte of the reply. */
  timeoutMs?: number | undefined;
  /** 1 to 128 of `A-Z a-z 0-9 . _ -`; made when absent. The same for all tries. */
  correlationId?: string | undefined;
  /** Instead of the client's. */
  retry?: Partial<RetryPolicy> | undefined;
}

/** How a client sends. */
export interface SenderOptions {
  /** Where the hub is: `https://hub.example`, with a path when it is behind a prefix. Paths like `/api/…` are appended. */
  baseUrl: string;
  /** For one try; 30 s when not said. */
  timeoutMs?: number;
  /** Request bodies of more bytes are gzipped; 1,024 when not said. */
  gzipOverBytes?: number;
  retry?: Partial<RetryPolicy>;
  /** Another `fetch`, for a proxy or a certificate authority of one's own. */
  fetch?: typeof fetch;
  /** For tests. */
  random?: Random;
}

/** What is asked of the hub. */
export interface Ask<T extends Operation> {
  operation: T;
  /** For `:name` in the path. */
  params?: Record<string, string>;
  /** With its `?`. */
  query?: string;
  /** JSON text; made anew for every try. */
  body?: () => string;
  /** Headers with the credential; made anew for every try. */
  headers: () => Promise<Record<string, string>>;
  repeatable: Repeatable;
  options: RequestOptions | undefined;
}

type ReplyOf<T extends Operation> = T['reply'] extends z.ZodType ? z.output<T['reply']> : undefined;

const TIMEOUT_MS = 30_000;
const GZIP_OVER_BYTES = 1_024;

/** Sends operations of the contract, repeats them where that may be, and reads what comes back. */
export class Sender {
  private readonly baseUrl: string;
  private readonly timeoutMs: number;
  private readonly gzipOverBytes: number;
  private readonly fetch: typeof fetch;
  private readonly absence = new Absence();
  readonly random: Random;
  readonly retry: RetryPolicy;

  /** @throws TypeError when the base URL is none */
  constructor({ baseUrl, timeoutMs, gzipOverBytes, retry, fetch: send, random }: SenderOptions) {
    this.baseUrl = readBaseUrl(baseUrl);
    this.timeoutMs = timeoutMs ?? TIMEOUT_MS;
    this.gzipOverBytes = gzipOverBytes ?? GZIP_OVER_BYTES;
    this.retry = { ...DEFAULT_RETRY, ...retry };
    this.fetch = send ?? fetch;
    this.random = random ?? Math.random;
  }

  /** Milliseconds since the first of the requests in a row that found no hub; 0 when it is there. */
  awayMs(): number {
    return this.absence.ms;
  }

  /** @throws HubError, or the reason of the signal */
  async ask<T extends Operation>(ask: Ask<T>): Promise<ReplyOf<T>> {
    const { repeatable, options } = ask;
    const correlationId = readCorrelationId(options?.correlationId);
    const policy = { ...this.retry, ...options?.retry };
    const { random } = this;
    return withRetries(() => this.noted(this.once(ask, correlationId)), {
      repeatable,
      policy,
      random,
      signal: options?.signal,
      awayMs: () => this.awayMs(),
    });
  }

  private async noted<T>(asked: Promise<T>): Promise<T> {
    try {
      const reply = await asked;
      this.absence.note('answered');
      return reply;
    } catch (error) {
      if (error instanceof HubError) this.absence.note(error.failure);
      throw error;
    }
  }

  private async once<T extends Operation>(ask: Ask<T>, correlationId: string): Promise<ReplyOf<T>> {
    const { operation, params, query = '', body, options } = ask;
    const request = { operation: operation.id, correlationId };
    const reply = await exchange(this.fetch, {
      ...request,
      method: operation.method,
      url: this.baseUrl + pathOf(operation, params) + query,
      headers: { ...(await ask.headers()), 'x-correlation-id': correlationId, accept: 'application/json' },
      body: body?.(),
      gzipOverBytes: this.gzipOverBytes,
      timeoutMs: options?.timeoutMs ?? this.timeoutMs,
      signal: options?.signal,
    });
    return readReply(operation, reply, request);
  }
}

function readReply<T extends Operation>(operation: T, reply: Exchanged, request: { operation: string; correlationId: string }): ReplyOf<T> {
  const { status, text } = reply;
  if (status !== operation.status && operation.alsoStatus?.includes(status) !== true) {
    throw new HubError(readFailure(reply, Date.now()), request);
  }
  if (operation.reply === undefined) return undefined as ReplyOf<T>;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new HubError({ kind: 'bad_reply', status, problem: 'no JSON' }, request, { cause: error });
  }
  const read = readTolerantly(operation.reply, json);
  if ('problem' in read) throw new HubError({ kind: 'bad_reply', status, problem: read.problem }, request);
  return read.value as ReplyOf<T>;
}

function pathOf({ path }: Operation, params: Record<string, string> = {}): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

/** Without a slash at the end. */
function readBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  // Refused here, because the error of a request would show them.
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.search || url.hash) {
    throw new TypeError('the base URL is http(s)://host, perhaps with a path: without credentials, query or fragment');
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

function readCorrelationId(given: string | undefined): string {
  if (given === undefined) return randomUUID();
  if (!CORRELATION_ID.test(given)) throw new TypeError('a correlation id is 1 to 128 of A-Z a-z 0-9 . _ -');
  return given;
}
