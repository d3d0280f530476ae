import { isSameState, type FileState } from './file-state';

/** What of a list of files may be read. */
export interface Settling {
  /** The files up to the first that may still be written to: what comes behind it must not be read before it. */
  settled: FileState[];
  /** How long to wait until all may be, if nothing happens to them meanwhile; 0 when all are. */
  waitMs: number;
}

/**
 * Knows since when each file has looked the same. By what was seen, not by the files' own times: those are of another clock, and
 * programs that copy a file set them back.
 */
export class SettledFiles {
  private seen = new Map<string, { state: FileState; since: number }>();

  /** `now` counts milliseconds, and is never set back. */
  constructor(
    private readonly settleMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes note of all files there are; those that are gone are forgotten. */
  observe(files: readonly FileState[]): Settling {
    const now = this.now();
    const seen: typeof this.seen = new Map();
    const settled: FileState[] = [];
    let waitMs = 0;
    for (const file of files) {
      const before = this.seen.get(file.path);
      const since = before !== undefined && isSameState(before.state, file) ? before.since : now;
      seen.set(file.path, { state: file, since });
      waitMs = Math.max(waitMs, since + this.settleMs - now);
      if (waitMs === 0) settled.push(file);
    }
    this.seen = seen;
    return { settled, waitMs };
  }
}
