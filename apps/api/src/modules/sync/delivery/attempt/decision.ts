import type { FailureCode } from '@repo/shared/database/delivery/fail-job';

/** Why a try was not the end of a job: a closed list, kept with the job and with the try. */
export type TryFault =
  | 'connect_failed'
  | 'connect_timeout'
  | 'unresolved'
  | 'unsafe_address'
  | 'not_fetched'
  | 'cut_at_shutdown'
  | 'timeout'
  | 'connection_lost'
  | 'lease_expired'
  | 'server_error'
  | 'redirect'
  | 'try_again_status'
  | 'reply_too_large'
  | 'reply_unreadable'
  | 'erp_failed'
  | 'told_to_wait'
  | 'unauthorized'
  | 'rejected'
  | 'cannot_ask'
  | 'callback_missed';

/** What follows from what an agent did with a call. */
export type Decision =
  | { do: 'complete'; erpReference: string | null; metadata: Record<string, unknown> | null }
  | { do: 'await_callback' }
  /** It is certain that it was not done: tell the ERP now, in the same try. */
  | { do: 'send' }
  /** Another try later. `mustAsk`: nobody knows whether it was done; undefined leaves what was known. */
  | { do: 'retry'; fault: TryFault; message: string; mustAsk: boolean | undefined }
  /** The agent said when to come back, or it was never told: nothing is spent. */
  | { do: 'wait'; fault: TryFault; message: string; seconds: number }
  /** The agent refuses the hub's credentials: all its jobs are held, nothing is spent. */
  | { do: 'hold_vendor'; fault: 'unauthorized'; message: string }
  | { do: 'dead_letter'; code: FailureCode; fault: TryFault; message: string; mustAsk: boolean | undefined };
