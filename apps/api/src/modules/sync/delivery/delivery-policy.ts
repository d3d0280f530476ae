import type { HubSettings } from '../../../config/settings';
import type { BackoffPolicy } from './attempt/backoff';

/** A lease outlives the longest call by this, so that an outcome can still be written. */
const LEASE_MARGIN_MS = 5_000;
/** How long after the deadline of a call its outcome may still come about at the agent. */
const ASK_MARGIN_MS = 2_000;

/** The settings of delivery, as its parts need them. */
export interface DeliveryPolicy {
  callTimeoutMs: number;
  leaseMs: number;
  askMarginMs: number;
  callbackWithinMs: number;
  attempts: number;
  expiresInS: number;
  backoff: BackoffPolicy;
  /** Jobs of one vendor that may be queued or processing at once. */
  perVendor: number;
}

/** Injection token of {@link DeliveryPolicy}. */
export const DELIVERY_POLICY = Symbol('DELIVERY_POLICY');

export function deliveryPolicy(settings: HubSettings): DeliveryPolicy {
  return {
    callTimeoutMs: settings.AGENT_TIMEOUT_MS,
    leaseMs: settings.AGENT_TIMEOUT_MS + LEASE_MARGIN_MS,
    askMarginMs: ASK_MARGIN_MS,
    callbackWithinMs: settings.SYNC_CALLBACK_TIMEOUT_MS,
    attempts: settings.SYNC_RETRY_ATTEMPTS,
    expiresInS: settings.SYNC_EXPIRES_S,
    backoff: { baseMs: settings.SYNC_RETRY_BASE_MS, maxMs: settings.SYNC_RETRY_MAX_MS },
    // A quarter of a worker at most: a vendor that hangs leaves the rest to the others.
    perVendor: Math.min(settings.VENDOR_MAX_IN_FLIGHT, Math.max(1, Math.floor(settings.BULLMQ_CONCURRENCY / 4))),
  };
}
