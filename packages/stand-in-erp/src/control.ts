import type { FaultPlan } from './faults';
import type { CallRecord, Counters, LedgerEntry, StrayCancel } from './records';

/** One vendor of the ERP. */
export interface VendorOptions {
  vendorId: string;
  /** The agent's token, for callbacks and heartbeats. */
  token: string;
  /** Calls with another bearer token are answered 401; without it any is good. */
  outboundToken?: string;
  /** Calls that are not signed with it are answered 401; without it signatures are not looked at. */
  signingSecret?: string;
  plan?: FaultPlan;
  /** The ERP recognises a job that it has done, and does not do it again. */
  idempotent?: boolean;
  /** False: the ERP has no such call and answers `order-status` 404. */
  orderStatus?: boolean;
  /** Milliseconds from one heartbeat to the next, 20,000 when not said; 0 turns them off. */
  heartbeatMs?: number;
}

/** What the parent can tell the process of the ERP to do. Arguments and results go as JSON. */
export interface Commands {
  /** Opens the port, any free one with 0, and gives it. */
  listen(port: number): Promise<number>;
  /** Closes it and cuts every connection: callers are refused. */
  pauseListening(): Promise<void>;
  setHubs(urls: readonly string[]): void;
  /** Adds a vendor, or puts these options in place of the ones that it has. */
  setVendor(options: VendorOptions): void;
  ledger(vendorId: string | null): readonly LedgerEntry[];
  strayCancels(vendorId: string | null): readonly StrayCancel[];
  calls(vendorId: string | null): readonly CallRecord[];
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
