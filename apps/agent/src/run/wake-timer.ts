/** Rests for a time, unless it is woken; a wake-up while nobody rests counts for the next rest. */
export class WakeTimer {
  private woken = false;
  private wakeUp: (() => void) | undefined;

  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  /** Resolves when the time is over, at a wake-up, or when the signal is aborted. */
  async rest(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.woken && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener('abort', this.wakeUp, { once: true });
      });
      if (this.wakeUp !== undefined) signal.removeEventListener('abort', this.wakeUp);
      this.wakeUp = undefined;
    }
    this.woken = false;
  }
}
