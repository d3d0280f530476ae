/** Whether this process is on its way out: it takes no new requests, background work stops between two steps. */
export class Lifecycle {
  private readonly controller = new AbortController();

  get shuttingDown(): boolean {
    return this.controller.signal.aborted;
  }

  /** Aborted when the shutdown begins. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  beginShutdown(): void {
    this.controller.abort();
  }
}
