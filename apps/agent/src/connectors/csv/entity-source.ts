import type { ChangedRows, Cursor, SourceKeys, SourceRecord } from '../connector';

/** Where the rows of one entity come from: files, or the configuration. What the methods do is said at `Connector`. */
export interface EntitySource {
  readChanged(cursor: Cursor, signal: AbortSignal): AsyncIterable<ChangedRows>;
  readKeys(signal: AbortSignal): AsyncIterable<SourceKeys>;
  readRows(keys: readonly string[], signal: AbortSignal): Promise<SourceRecord[]>;
  check(signal: AbortSignal): Promise<string[]>;
  /** Whether there is something to read since it was read last. */
  hasChanged(): Promise<boolean>;
}
