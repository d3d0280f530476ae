import type { HubClock } from './hub-clock';
import type { HubLine } from './hub-line';

const PATH = '/api/agents/heartbeat';

/** Says again and again that the agent is alive, and learns what time it is at the hub. */
export class Heartbeats {
  readonly counters = { sent: 0, answered: 0 };
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly hub: HubLine,
    private readonly clock: HubClock,
  ) {}

  /** The first one at once, then one every so many milliseconds; with 0 none at all. */
  every(ms: number): void {
    clearInterval(this.timer);
    if (ms === 0) return;
    this.timer = setInterval(() => void this.beat(), ms);
    void this.beat();
  }

  private async beat(): Promise<void> {
    if (!this.hub.connected) return;
    this.counters.sent += 1;
    const sentAt = this.clock.own();
    const reply = await this.hub.post(PATH, { version: 'stand-in', agentTime: new Date(sentAt).toISOString() });
    if (reply?.status !== 200) return;
    this.counters.answered += 1;
    const { serverTime } = (reply.body ?? {}) as { serverTime?: string };
    if (serverTime !== undefined) this.clock.learn(sentAt, Date.parse(serverTime));
  }
}
