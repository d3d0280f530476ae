import type { Heartbeat, HeartbeatReply, HubClient } from './hub-client';
import { pause } from './pause';
import type { Random } from './retry';

export interface HeartbeatsOptions {
  client: Pick<HubClient, 'heartbeat'>;
  /** Asked before each: version and roots. */
  say?: () => Heartbeat | Promise<Heartbeat>;
  /** About this long from one to the next (±20 %); 20 s when not said. The hub calls an agent degraded after 60 s. */
  everyMs?: number;
  /** Told of every answer: `drift` says which entities differ. */
  onReply?: (reply: HeartbeatReply) => void;
  /** Told of every failure; the next one goes out all the same. */
  onError: (error: unknown) => void;
  /** For tests. */
  random?: Random;
}

const EVERY_MS = 20_000;

/** Says again and again that the agent is alive, and keeps the clock of the client right. */
export class Heartbeats {
  private stopping: AbortController | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: HeartbeatsOptions) {}

  /** The first one goes out at once. Resolves when it was answered, or failed. */
  start(): Promise<void> {
    if (this.stopping !== undefined) return Promise.resolve();
    const stopping = new AbortController();
    this.stopping = stopping;
    return new Promise((resolve) => {
      this.running = this.beatUntil(stopping.signal, resolve);
    });
  }

  /** No more; one that is under way is cut. */
  async stop(): Promise<void> {
    this.stopping?.abort();
    this.stopping = undefined;
    await this.running;
  }

  private async beatUntil(signal: AbortSignal, onFirst: () => void): Promise<void> {
    const { client, say, everyMs = EVERY_MS, onReply, onError, random = Math.random } = this.options;
    while (!signal.aborted) {
      try {
        // Not repeated: the next one says the same, and says it better.
        const reply = await client.heartbeat(await say?.(), { signal, retry: { attempts: 1 } });
        onReply?.(reply);
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
      onFirst();
      await rest(everyMs * (0.8 + random() * 0.4), signal);
    }
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
