import type { OrderOperation } from '@repo/contracts/agent-protocol/calls';

/** A job that was accepted: enough to ask the ERP what became of it. */
export interface LedgerJob {
  jobId: string;
  orderId: string;
  orderNumber: string;
  operation: OrderOperation;
  /** The try in which the hub last sent it, from 1. */
  attempt: number;
  /** When that was, by the machine's clock, in milliseconds since 1970. */
  acceptedAt: number;
}

/** What became of a job. `submitted`: the ERP has it, and will tell later. */
export type JobState =
  | { status: 'accepted'; submitted: boolean }
  | { status: 'completed'; erpReference: string | null; metadata: Record<string, unknown> | null }
  | { status: 'failed'; error: string; retryable: boolean };

/** How a job ended. */
export type JobEnd = Exclude<JobState, { status: 'accepted' }>;

export interface LedgerEntry extends LedgerJob {
  state: JobState;
  /** Whether the hub still has to be told how it ended. */
  callbackOwed: boolean;
}

/** What goes with the end of a job. */
export interface EndOptions {
  /** The latest try in which the hub sent it. */
  attempt: number;
  callbackOwed: boolean;
}

/**
 * What an agent knows of its jobs, and must not lose. Every change is atomic, and durable before it resolves; one that rejects
 * may have happened or not. One agent at a time writes to a ledger.
 */
export interface OrderLedger {
  get(jobId: string): Promise<LedgerEntry | undefined>;
  /** Known from now on, before anything is begun. Takes the place of what an earlier try came to. */
  accept(job: LedgerJob): Promise<void>;
  /** The ERP has it, and will tell later. */
  submitted(jobId: string): Promise<void>;
  complete(jobId: string, end: Omit<Extract<JobEnd, { status: 'completed' }>, 'status'>, options: EndOptions): Promise<void>;
  fail(jobId: string, end: Omit<Extract<JobEnd, { status: 'failed' }>, 'status'>, options: EndOptions): Promise<void>;
  /** Nothing was begun, and nothing will be. */
  forget(jobId: string): Promise<void>;
  /** The hub knows how this try ended. Nothing happens when there was another one meanwhile. */
  callbackTaken(jobId: string, attempt: number): Promise<void>;
  /** Jobs that are accepted, the oldest first. */
  unfinished(): Promise<LedgerEntry[]>;
  /** Jobs whose callback is owed, the oldest first. */
  owed(): Promise<LedgerEntry[]>;
}
