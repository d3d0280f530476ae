import { watch, type FSWatcher } from 'node:fs';

/** Tells when something happens in a folder: by the system where it can, and every so often in any case. */
export class FolderWatch {
  private watcher: FSWatcher | undefined;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly folder: string,
    private readonly pollMs: number,
  ) {}

  /** Resolves when something has happened, when it is time to look anyway, or on abort. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.start();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, this.pollMs);
      const waiting = this.waiting;
      signal.addEventListener('abort', done);
      waiting.push(done);
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        const place = waiting.indexOf(done);
        if (place >= 0) waiting.splice(place, 1);
        resolve();
      }
    });
  }

  close(): void {
    this.watcher?.close();
    this.watcher = undefined;
    for (const done of this.waiting.slice()) done();
  }

  /** A folder that is not there, or whose system does not tell, is only looked at: the next call tries again. */
  private start(): void {
    if (this.watcher !== undefined) return;
    try {
      const watcher = watch(this.folder, { persistent: false }, () => {
        for (const done of this.waiting.slice()) done();
      });
      watcher.on('error', () => {
        watcher.close();
        if (this.watcher === watcher) this.watcher = undefined;
      });
      this.watcher = watcher;
    } catch (error) {
      if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error;
    }
  }
}
