import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { REDIS_SUBSCRIBER } from '../../../../../platform/redis/redis.module';
import { CALLS_CHANNEL, REPLIES_CHANNEL } from './pull-store';

/** What a process hears of calls while it listens. `back`: it listens again, and may have missed something. */
export type PullSignal = 'heard' | 'lost' | 'back';

type Listener = (signal: PullSignal) => void;

/** Who waits in this process for calls of a vendor, or for the reply to a call; told by all instances over Redis. */
@Injectable()
export class PullSignals {
  private readonly logger = new Logger('PullSignals');
  private readonly byVendor = new Map<string, Set<Listener>>();
  private readonly byCall = new Map<string, Set<Listener>>();
  private listening = false;

  constructor(@Inject(REDIS_SUBSCRIBER) private readonly subscriber: Redis) {
    subscriber.on('ready', () => void this.subscribe());
    if (subscriber.status === 'ready') void this.subscribe();
    subscriber.on('close', () => this.lose());
    subscriber.on('message', (channel: string, key: string) => {
      if (channel === CALLS_CHANNEL) tell(this.byVendor.get(key), 'heard');
      else if (channel === REPLIES_CHANNEL) tell(this.byCall.get(key), 'heard');
    });
  }

  /** Whether this process hears of calls and replies now. */
  get connected(): boolean {
    return this.listening;
  }

  /** Calls `listener` when calls wait for this vendor's agent, until the returned function is called. */
  onCalls(vendorId: string, listener: Listener): () => void {
    return register(this.byVendor, vendorId, listener);
  }

  /** Calls `listener` when this call was answered, until the returned function is called. */
  onReply(callId: string, listener: Listener): () => void {
    return register(this.byCall, callId, listener);
  }

  private async subscribe(): Promise<void> {
    try {
      await this.subscriber.subscribe(CALLS_CHANNEL, REPLIES_CHANNEL);
    } catch (error) {
      // The connection is gone again: its next `ready` comes here.
      this.logger.debug({ err: error }, 'cannot listen for calls');
      return;
    }
    this.listening = true;
    this.tellAll('back');
  }

  private lose(): void {
    if (!this.listening) return;
    this.listening = false;
    this.tellAll('lost');
  }

  private tellAll(signal: PullSignal): void {
    for (const listeners of [...this.byVendor.values(), ...this.byCall.values()]) tell(listeners, signal);
  }
}

function register(registry: Map<string, Set<Listener>>, key: string, listener: Listener): () => void {
  const listeners = registry.get(key) ?? new Set();
  registry.set(key, listeners.add(listener));
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && registry.get(key) === listeners) registry.delete(key);
  };
}

function tell(listeners: Set<Listener> | undefined, signal: PullSignal): void {
  for (const listener of listeners ?? []) listener(signal);
}
