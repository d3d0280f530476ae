import { Heartbeats } from '@erp-sync-hub/agent-sdk/client/heartbeats';
import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import type { HubLine } from './hub-line';
import { tellDefect } from './tell-defect';

/** The heartbeats of one vendor's agent, which can be turned on and off while it runs. */
export class Pulse {
  readonly counters = { sent: 0, answered: 0 };
  private beating: { everyMs: number; heartbeats: Heartbeats } | undefined;

  constructor(private readonly line: HubLine) {}

  /** One about every so many milliseconds, the first at once; with 0 none at all. */
  every(everyMs: number): void {
    if (this.beating?.everyMs === everyMs) return;
    void this.beating?.heartbeats.stop();
    this.beating = undefined;
    if (everyMs === 0) return;
    const heartbeats = new Heartbeats({
      client: this.line.posts,
      everyMs,
      say: () => {
        if (this.line.hubs.posts.connected) this.counters.sent += 1;
        return { version: 'stand-in' };
      },
      onReply: () => (this.counters.answered += 1),
      // A hub that is down or was killed is daily bread here.
      onError: (error) => error instanceof HubError || tellDefect(error),
    });
    this.beating = { everyMs, heartbeats };
    void heartbeats.start();
  }
}
