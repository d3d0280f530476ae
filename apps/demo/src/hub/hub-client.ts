import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation, Reply } from '@repo/contracts/operations/operation';
import { Problem } from '@repo/contracts/problem';
import { messageOf } from '@repo/terminal/failure';
import { DemoFailure } from '../failures';

const TIMEOUT_MS = 60_000;
const HEAR_OF_DEATH_MS = 200;

/** The parts of one request. */
export interface Call {
  params?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** JSON that is compressed already. */
  gzipped?: Uint8Array<ArrayBuffer>;
}

/** Calls the hub over HTTP as any client would, and holds it to its contract: a reply that breaks the schema is a failure. */
export class HubClient {
  constructor(
    readonly url: string,
    /** Ends every call when the demo ends. */
    private readonly end: AbortSignal,
    private readonly logFile: string,
  ) {}

  async call<T extends Operation>(operation: T, call: Call = {}): Promise<Reply<T>> {
    const answer = await this.callIfThere(operation, call);
    if (answer === null) throw new DemoFailure(`${addressOf(operation, call)} was not found, although it has to be there`);
    return answer;
  }

  /** As `call`; null when what is asked for is not there (404). */
  async callIfThere<T extends Operation>(operation: T, call: Call = {}): Promise<Reply<T> | null> {
    const address = addressOf(operation, call);
    const reply = await this.fetch(operation.method, address, call);
    const text = await reply.text();
    if (reply.status === 404) return null;
    if (reply.status !== operation.status && !operation.alsoStatus?.includes(reply.status))
      throw this.refusal(operation, address, reply, text);
    return this.read(operation, text);
  }

  /** The status of a plain GET, for what is no operation of the API: pages and health. */
  async statusOf(path: string, headers: Record<string, string> = {}): Promise<number> {
    const reply = await this.fetch('GET', path, { headers });
    await reply.arrayBuffer();
    return reply.status;
  }

  private async fetch(method: string, address: string, { headers = {}, body, gzipped }: Call): Promise<Response> {
    const sent = new Headers(headers);
    const init: RequestInit = { method, headers: sent, signal: AbortSignal.any([this.end, AbortSignal.timeout(TIMEOUT_MS)]) };
    if (body !== undefined || gzipped !== undefined) {
      sent.set('content-type', 'application/json');
      init.body = gzipped ?? JSON.stringify(body);
    }
    if (gzipped !== undefined) sent.set('content-encoding', 'gzip');
    try {
      return await fetch(this.url + address, init);
    } catch (error) {
      // A hub that has just died closes its connections before anyone is told that it is gone.
      if (!this.end.aborted) await sleep(HEAR_OF_DEATH_MS);
      this.end.throwIfAborted();
      const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
      throw new DemoFailure(`${method} ${address} got no reply (${cause}): see ${this.logFile}`, { cause: error });
    }
  }

  private read<T extends Operation>(operation: T, text: string): Reply<T> {
    if (operation.reply === undefined) return undefined as Reply<T>;
    const parsed = operation.reply.safeParse(JSON.parse(text));
    if (!parsed.success) {
      throw new DemoFailure(`The reply of ${operation.id} is not what its contract says: ${parsed.error.message} (${text.slice(0, 200)})`);
    }
    return parsed.data as Reply<T>;
  }

  private refusal(operation: Operation, address: string, reply: Response, text: string): DemoFailure {
    const problem = parseProblem(text);
    const said = problem === undefined ? text.slice(0, 200) : `${problem.code}, ${problem.detail} ${JSON.stringify(problem.errors ?? [])}`;
    const id = reply.headers.get('x-correlation-id');
    return new DemoFailure(`${operation.method} ${address} was answered ${reply.status}: ${said}; look for ${id} in ${this.logFile}`);
  }
}

/** The path and query of a call. */
export function addressOf(operation: Operation, { params = {}, query = {} }: Pick<Call, 'params' | 'query'>): string {
  // The apostrophe too: addresses are shown between apostrophes, to be tried in a shell.
  const path = operation.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? '').replaceAll("'", '%27'));
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

function parseProblem(text: string): Problem | undefined {
  try {
    return Problem.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
