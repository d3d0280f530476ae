import { pause } from '../client/pause';

/** Holds back everything that is sent through it, for as long as the hub has asked for. */
export class Gate {
  private opensAt = 0;

  /** Closed for so many milliseconds from now, at least. */
  hold(ms: number): void {
    this.opensAt = Math.max(this.opensAt, performance.now() + ms);
  }

  /** @throws the reason of the signal */
  async pass(signal: AbortSignal): Promise<void> {
    for (let left = this.opensAt - performance.now(); left > 0; left = this.opensAt - performance.now()) await pause(left, signal);
    signal.throwIfAborted();
  }
}
