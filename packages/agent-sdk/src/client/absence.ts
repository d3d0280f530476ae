import type { HubFailure } from './hub-error';

/** For how long the hub has been away for a client. */
export class Absence {
  private since: number | undefined;

  /** A request was answered, or why it was not: a refusal is an answer too. What is not the hub's says nothing about it. */
  note(outcome: HubFailure | 'answered'): void {
    switch (outcome === 'answered' ? outcome : outcome.kind) {
      case 'answered':
      case 'refused':
      case 'rate_limited':
        this.since = undefined;
        break;
      case 'unreachable':
      case 'timeout':
      case 'unavailable':
        this.since ??= performance.now();
        break;
      case 'bad_reply':
    }
  }

  /** Milliseconds since the first of the requests in a row that found no hub; 0 when the last one was answered. */
  get ms(): number {
    return this.since === undefined ? 0 : performance.now() - this.since;
  }
}
