import type { HubSettings } from '../../../config/settings';

/** What is called of an agent: each has a breaker of its own. */
export const API_TYPES = ['orders', 'reconciliation'] as const;
export type ApiType = (typeof API_TYPES)[number];

/** `half_open`: the open time is over, and one call may try, or does. */
export const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

/** Which breaker: one a vendor and API type, the same for all instances. */
export interface BreakerId {
  vendorId: string;
  apiType: ApiType;
}

/** What a call says of its agent's health; `uncounted` says nothing, as when it asks the hub to wait. */
export type CallOutcome = 'success' | 'failure' | 'uncounted';

/** How it is with a breaker. */
export interface BreakerStatus {
  state: BreakerState;
  /** When the open time ends, or ended; null while it is closed. */
  openUntil: Date | null;
  /** Of the calls in the window. */
  failures: number;
  /** Calls in the window that count. */
  calls: number;
}

/** Breakers are asked about as if there were none while Redis is away. */
export const CLOSED: BreakerStatus = { state: 'closed', openUntil: null, failures: 0, calls: 0 };

/** The settings of breakers, as their parts need them. */
export interface BreakerPolicy {
  errorPercent: number;
  volume: number;
  resetMs: number;
  windowMs: number;
  /** How long one call may try: then its worker is taken to have died. */
  trialMs: number;
}

/** Injection token of {@link BreakerPolicy}. */
export const BREAKER_POLICY = Symbol('BREAKER_POLICY');

/** A trial outlives the longest call by this, so that its outcome can still be told. */
const TRIAL_MARGIN_MS = 5_000;

export function breakerPolicy(settings: HubSettings): BreakerPolicy {
  return {
    errorPercent: settings.BREAKER_ERROR_PERCENT,
    volume: settings.BREAKER_VOLUME,
    resetMs: settings.BREAKER_RESET_MS,
    windowMs: settings.BREAKER_WINDOW_MS,
    trialMs: settings.AGENT_TIMEOUT_MS + TRIAL_MARGIN_MS,
  };
}
