import type { CalledOrder } from '@repo/contracts/agent-protocol/calls';
import type { Entity } from '@repo/contracts/primitives';

/** A row as the source has it, in the fields of the hub's contract but for `contentHash` and `lastSyncedAt`, which the agent adds. */
export type SourceRow = Record<string, unknown>;

/** What a connector reads: a row, or a place in the source that cannot be read as one. */
export type SourceRecord =
  | { kind: 'row'; row: SourceRow; /** When the source changed it, where it says so. */ changedAt: Date | undefined }
  | {
      kind: 'bad';
      /** For people: file and line, or the key. */
      where: string;
      /** Of which row it is, where that can be told. */
      key?: string;
      problem: string;
    };

/** Up to where a source was read: the connector's own words, kept by the agent. Null: from the beginning. */
export type Cursor = string | null;

/** A part of what changed, and how to go on behind it. */
export interface ChangedRows {
  records: SourceRecord[];
  /** To be kept once these records are safely sent. */
  cursor: Cursor;
}

/**
 * Keys of a part of the source, also of rows that are bad otherwise; a key may come more than once. `unreadable`: how many places
 * hold a row whose key cannot be read. While there are any, a key that does not come may not be taken for deleted.
 */
export interface SourceKeys {
  keys: string[];
  unreadable: number;
}

/** Which order is meant. `jobId` is the same however often it is sent. */
export interface OrderReference {
  jobId: string;
  orderId: string;
  orderNumber: string;
}

/** What the ERP made of an order. A failure is `retryable` when the same may succeed later without anybody's doing. */
export type OrderOutcome =
  | { status: 'completed'; erpReference: string | null }
  /** Written, and not yet taken up by the ERP: `findOrder` tells later. */
  | { status: 'accepted' }
  | { status: 'failed'; error: string; retryable: boolean };

/**
 * Where an agent reads a vendor's rows from and writes its orders to. Small on purpose: retries, what changed, what was sent
 * and what is under way are the agent's business. Methods reject with {@link SourceError} when the source cannot be used.
 */
export interface Connector {
  /** Which entities the source has. */
  readonly entities: readonly Entity[];
  /**
   * Rows that changed since `cursor`, in parts that fit into memory; everything with null. May give more than what changed
   * (the agent compares hashes), and gives again what changed shortly before `cursor`: clocks and commits are not in step.
   */
  readChanged(entity: Entity, cursor: Cursor, signal: AbortSignal): AsyncIterable<ChangedRows>;
  /** The keys of all rows, in parts that fit into memory. Rejects when the source is not all there, rather than leave some out. */
  readKeys(entity: Entity, signal: AbortSignal): AsyncIterable<SourceKeys>;
  /**
   * These rows; what is not there is left out. A place whose key cannot be read may be that of any row: then a bad record without
   * a key is among them. Rejects when the source is not all there.
   */
  readRows(entity: Entity, keys: readonly string[], signal: AbortSignal): Promise<SourceRecord[]>;
  /** Creates the order in the ERP. Called at most once for a job, unless `findOrder` says that it is not there. */
  createOrder(order: CalledOrder, reference: OrderReference, signal: AbortSignal): Promise<OrderOutcome>;
  /** Cancels it. One that the ERP does not have counts as cancelled. */
  cancelOrder(reference: OrderReference & { erpReference: string | null }, signal: AbortSignal): Promise<OrderOutcome>;
  /** What the ERP knows of the order of this job; undefined when it is certainly not there. */
  findOrder(reference: OrderReference, signal: AbortSignal): Promise<OrderOutcome | undefined>;
  /** Whether the source can be used at all: what is wrong, in words that say what to do; nothing if all is well. */
  check(signal: AbortSignal): Promise<string[]>;
  /** Resolves when entities may have changed since they were last read, with these, where the source can tell by itself; empty on abort. */
  changed?(signal: AbortSignal): Promise<Entity[]>;
  close(): Promise<void>;
}

/** The source cannot be used now. `transient`: the same may work later without anybody's doing. */
export class SourceError extends Error {
  constructor(
    message: string,
    readonly transient: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SourceError';
  }
}
