import { Injectable } from '@nestjs/common';
import { Lifecycle } from '../../../../platform/lifecycle/lifecycle';

/** How long calls that are out may go on after a shutdown has begun. */
const GRACE_MS = 8_000;

/** Cuts the calls to agents that are still out when a shutdown has taken its time: their outcome is not known then. */
@Injectable()
export class CallCutter {
  private readonly controller = new AbortController();

  constructor(lifecycle: Lifecycle) {
    lifecycle.signal.addEventListener('abort', () => {
      setTimeout(() => this.controller.abort(), GRACE_MS).unref();
    });
  }

  /** Aborted when calls are to be cut. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }
}
