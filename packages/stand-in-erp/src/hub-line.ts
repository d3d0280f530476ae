import type { VendorOptions } from './control';

const TIMEOUT_MS = 10_000;

/** The hubs of one service, asked in turn: whichever takes a post has taken it for all. */
export class HubList {
  private turn = 0;

  constructor(public urls: readonly string[]) {}

  next(): string | undefined {
    this.turn += 1;
    return this.urls[this.turn % this.urls.length];
  }
}

/** What a hub answered; `body` is undefined when it is no JSON. */
export interface HubReply {
  status: number;
  body: unknown;
}

export interface PostOptions {
  /** How long the reply may take. */
  timeoutMs?: number;
  /** Cuts the connection. */
  signal?: AbortSignal;
}

/** How one vendor's agent talks to the hub. */
export class HubLine {
  constructor(
    private readonly hubs: HubList,
    private readonly vendor: () => VendorOptions,
  ) {}

  /** Whether there is a hub to talk to. */
  get connected(): boolean {
    return this.hubs.urls.length > 0;
  }

  /** Posts JSON to the next hub; null when there was no reply, or no hub. */
  post(path: string, body: unknown, options: PostOptions = {}): Promise<HubReply | null> {
    return this.send(path, JSON.stringify(body), options);
  }

  /** As `post`, with JSON that is made while it is sent. */
  postChunks(path: string, chunks: Iterable<Uint8Array>, options: PostOptions = {}): Promise<HubReply | null> {
    return this.send(path, ReadableStream.from(chunks), options);
  }

  private async send(
    path: string,
    body: string | ReadableStream<Uint8Array>,
    { timeoutMs = TIMEOUT_MS, signal }: PostOptions,
  ): Promise<HubReply | null> {
    const url = this.hubs.next();
    if (url === undefined) return null;
    const { vendorId, token } = this.vendor();
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const reply = await fetch(url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'x-vendor-id': vendorId, 'content-type': 'application/json' },
        body,
        // What fetch wants to hear of a body that is made while it is sent.
        duplex: 'half',
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      });
      return { status: reply.status, body: parse(await reply.text()) };
    } catch {
      // A hub that is down or was killed is daily bread here: the caller tries again.
      return null;
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not every reply has a body, and none but a poll's and a heartbeat's is looked into.
    return undefined;
  }
}
