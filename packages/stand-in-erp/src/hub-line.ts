import { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import { HubClock } from '@erp-sync-hub/agent-sdk/clock/hub-clock';
import type { VendorOptions } from './control';
import { ANY_HUB, type HubList } from './hub-list';

const TIMEOUT_MS = 10_000;
/** Tests give calls a second: a clock that was set by a slow heartbeat would find them too late. */
const LONGEST_ROUND_TRIP_MS = 250;

/** Where an agent reaches the hub: with callbacks and heartbeats, and with polls and replies. */
export interface VendorHubs {
  posts: HubList;
  polls: HubList;
}

/** How one vendor's agent talks to the hub: the SDK's clients, and its clock over a clock of the machine that may be off. */
export class HubLine {
  readonly clock: HubClock;
  readonly posts: HubClient;
  readonly polls: HubClient;

  constructor(
    readonly hubs: VendorHubs,
    private readonly vendor: () => VendorOptions,
  ) {
    const skewMs = () => vendor().clockSkewMs ?? 0;
    // A clock that is right needs nobody to say so.
    const read = () => ({ own: Date.now() + skewMs(), steady: performance.now() });
    this.clock = new HubClock({ trustOwnClock: skewMs() === 0, longestRoundTripMs: LONGEST_ROUND_TRIP_MS, read });
    const { clock } = this;
    const shared = { baseUrl: ANY_HUB, credentials: vendor, clock, timeoutMs: TIMEOUT_MS };
    this.posts = new HubClient({ ...shared, fetch: hubs.posts.fetch });
    this.polls = new HubClient({ ...shared, fetch: hubs.polls.fetch });
  }

  /** A reply that is made while it is sent. False when the hub cut it off, or was not there. */
  async streamReply(callId: string, chunks: Iterable<Uint8Array>, signal: AbortSignal): Promise<boolean> {
    const { vendorId, token } = this.vendor();
    const headers = { authorization: `Bearer ${token}`, 'x-vendor-id': vendorId, 'content-type': 'application/json' };
    // `duplex` is what fetch wants to hear of a body that is made while it is sent.
    const request = { method: 'POST', headers, body: ReadableStream.from(chunks), duplex: 'half', signal };
    try {
      const reply = await this.hubs.polls.fetch(`${ANY_HUB}/api/agents/calls/${callId}/reply`, request as RequestInit);
      await reply.arrayBuffer();
      return true;
    } catch {
      // Daily bread here, as with all that a hub does not want to read to its end.
      return false;
    }
  }
}
