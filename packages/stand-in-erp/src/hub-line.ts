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

  /** Posts to the next hub and gives the status of its reply; null when there was no reply, or no hub. */
  async post(path: string, body: unknown): Promise<number | null> {
    const url = this.hubs.next();
    if (url === undefined) return null;
    const { vendorId, token } = this.vendor();
    try {
      const reply = await fetch(url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'x-vendor-id': vendorId, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await reply.arrayBuffer();
      return reply.status;
    } catch {
      // A hub that is down or was killed is daily bread here: the caller tries again.
      return null;
    }
  }
}
