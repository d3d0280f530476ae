import { LRUCache } from 'lru-cache';
import type { AgentIdentity } from '../../../platform/http/caller';

/** An agent whose token was verified, with what it was verified against: handles for compare-and-set, never shown. */
export interface VerifiedAgent extends AgentIdentity {
  /** The stored hash that the token matches. */
  tokenHash: string;
  /** The agent's current hash at that time; another one when the token is the previous one. */
  currentHash: string;
}

/** What is remembered of a token that was right. */
export interface VerifiedToken {
  agent: VerifiedAgent;
  enabled: boolean;
  /** Until when it counts without a look at the row, by the process's own clock in milliseconds. */
  freshUntil: number;
}

const MOST_VENDORS = 20_000;
/** The current and the previous token, and room for a change that this process has not heard of. */
const MOST_TOKENS = 4;

/** Remembers verified tokens by vendor and digest. Only right tokens get in: a flood of wrong ones displaces nothing. */
export class VerifiedTokens {
  private readonly vendors = new LRUCache<string, Map<string, VerifiedToken>>({ max: MOST_VENDORS });
  private drops = 0;

  /** Moves with every drop. What was read while it moved may be from before the change: it must not be remembered. */
  get generation(): number {
    return this.drops;
  }

  find(vendorId: string, tokenDigest: string): VerifiedToken | undefined {
    return this.vendors.get(vendorId)?.get(tokenDigest);
  }

  remember(token: VerifiedToken): void {
    const { vendorId, tokenDigest } = token.agent;
    const tokens = this.vendors.get(vendorId) ?? new Map<string, VerifiedToken>();
    if (tokens.size >= MOST_TOKENS && !tokens.has(tokenDigest)) tokens.clear();
    tokens.set(tokenDigest, token);
    this.vendors.set(vendorId, tokens);
  }

  forget(vendorId: string, tokenDigest: string): void {
    this.vendors.get(vendorId)?.delete(tokenDigest);
  }

  /** Drops what is remembered of a vendor, or of all. */
  drop(vendorId: string | undefined): void {
    this.drops++;
    if (vendorId === undefined) this.vendors.clear();
    else this.vendors.delete(vendorId);
  }
}
