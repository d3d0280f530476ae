import type { CallOutcome } from './breaker-policy';

/** What a permit does with the breaker that gave it. */
export interface PermitKeeper {
  /** Makes the call through the circuit of this process. */
  fire(work: () => Promise<void>): Promise<void>;
  /** Tells what came of the call. */
  settle(outcome: CallOutcome): Promise<void>;
}

/** Thrown through a circuit for what counts as a failure, so that opossum counts it as one; nobody else sees it. */
class CountedFailure extends Error {}

/** Leave to make one call to an agent. It is used once, or given back. */
export class Permit {
  private used = false;

  constructor(private readonly keeper: PermitKeeper) {}

  /** Makes the call, and tells the breaker what came of it. Rejects as `action` does, which says nothing of the agent. */
  async call<T>(action: () => Promise<T>, outcomeOf: (result: T) => CallOutcome): Promise<T> {
    if (this.used) throw new Error('a permit is for one call');
    this.used = true;
    const came: { result: T }[] = [];
    const work = async () => {
      let outcome: CallOutcome = 'uncounted';
      try {
        const result = await action();
        came.push({ result });
        outcome = outcomeOf(result);
      } finally {
        // Before the circuit hears of it: then it is already what the shared breaker is.
        await this.keeper.settle(outcome);
      }
      if (outcome === 'failure') throw new CountedFailure();
    };
    try {
      await this.keeper.fire(work);
    } catch (error) {
      if (!(error instanceof CountedFailure)) throw error;
    }
    const [done] = came;
    if (done === undefined) throw new Error('a circuit did not make the call that it was to make');
    return done.result;
  }

  /** Gives leave back that was not used: another call may try. */
  async release(): Promise<void> {
    if (this.used) return;
    this.used = true;
    await this.keeper.settle('uncounted');
  }
}
