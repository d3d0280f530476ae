import type { FaultPlan } from './faults';
import type { PollingFaults } from './polling/polling-faults';
import type { CallRecord, Counters, LedgerEntry, PollingMishap, StrayCancel } from './records';

/** How an agent polls. */
export interface PollingOptions {
  /** How many machines poll at once, each with one poll under way: 1 when not said, 2 for an active one and a standby. */
  machines?: number;
  /** How long a poll waits for a call, 25 s when not said. */
  waitSeconds?: number;
  /** The most calls that one poll fetches; when not said, what the hub thinks right. */
  max?: number;
  faults?: PollingFaults;
}

/** One vendor of the ERP. */
export interface VendorOptions {
  vendorId: string;
  /** The agent's token, for callbacks and heartbeats. */
  token: string;
  /** Calls with another bearer token are answered 401. */
  outboundToken: string;
  /** Calls that are not signed with it are answered 401. */
  signingSecret: string;
  /** How its agent gets its calls: `push`, when not said, by the hub, or `pull`, by polling. */
  transport?: 'push' | 'pull';
  polling?: PollingOptions;
  plan?: FaultPlan;
  /** The ERP recognises a job that it has done, and does not do it again. */
  idempotent?: boolean;
  /** False: the ERP has no such call and answers `order-status` 404. */
  orderStatus?: boolean;
  /** Milliseconds from one heartbeat to the next, 20,000 when not said; 0 turns them off. */
  heartbeatMs?: number;
  /**
   * How far its clock is ahead, in milliseconds; behind when negative. It is corrected as heartbeats are answered; until the
   * first one was, calls are answered 503. Not to be changed afterwards.
   */
  clockSkewMs?: number;
}

/** What the parent can tell the process of the ERP to do. Arguments and results go as JSON. */
export interface Commands {
  /** Opens the port, any free one with 0, and gives it; vendors that poll begin to. */
  listen(port: number): Promise<number>;
  /** Closes it and cuts every connection, polls and replies to calls too: callers are refused. */
  pauseListening(): Promise<void>;
  /** `pollUrls`: where polls and replies to calls go. */
  setHubs(urls: readonly string[], pollUrls: readonly string[]): void;
  /** Adds a vendor, or puts these options in place of the ones that it has. */
  setVendor(options: VendorOptions): void;
  ledger(vendorId: string | null): readonly LedgerEntry[];
  strayCancels(vendorId: string | null): readonly StrayCancel[];
  calls(vendorId: string | null): readonly CallRecord[];
  mishaps(vendorId: string | null): readonly PollingMishap[];
  counters(vendorId: string | null): Counters;
}

export type CommandName = keyof Commands;

/** Parent to child. */
export interface ControlRequest {
  id: number;
  command: CommandName;
  args: unknown[];
}

/** Child to parent: the answer to the request with that id. */
export type ControlReply = { id: number; value: unknown } | { id: number; error: string };
