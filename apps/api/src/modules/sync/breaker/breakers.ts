import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { REDIS } from '../../../platform/redis/redis.module';
import { BreakerChanges } from './breaker-changes';
import { CLOSED, type ApiType, type BreakerId, type BreakerStatus, type CallOutcome } from './breaker-policy';
import { Circuits } from './circuits';
import { Permit } from './permit';
import { SharedBreakers, statusOf, type Admission, type Verdict } from './shared-breakers';

/**
 * The breakers of all agents: whoever calls one asks here before. What is known is in Redis, for all instances together;
 * while Redis is away every call goes through.
 */
@Injectable()
export class Breakers {
  private readonly logger = new Logger('Breakers');

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly shared: SharedBreakers,
    private readonly circuits: Circuits,
    private readonly changes: BreakerChanges,
  ) {
    changes.onChange((change) => circuits.follow(change, change.to));
  }

  /** Leave to call an agent once; undefined while its breaker is open, or another call tries whether it still has to be. */
  async admit(vendorId: string, apiType: ApiType): Promise<Permit | undefined> {
    const id = { vendorId, apiType };
    const token = randomUUID();
    const admission = await this.unlessAway<Admission>({ admitted: 'closed' }, () => this.shared.admit(id, token));
    if (admission.admitted === 'refused') {
      await this.circuits.reject(id);
      return undefined;
    }
    if (admission.admitted === 'trial') await this.tell(id, admission.verdict);
    const trial = admission.admitted === 'trial' ? token : undefined;
    return new Permit({
      fire: (work) => this.circuits.fire(id, trial !== undefined, work),
      settle: (outcome) => this.settle(id, outcome, trial),
    });
  }

  /** Vendors to which no call is let through, but the one that tries; none while Redis is away. */
  readOpen(apiType: ApiType): Promise<string[]> {
    return this.unlessAway([], () => this.shared.readOpen(apiType));
  }

  /** Vendors of which one call may try now whether their breakers still have to be open. */
  readDue(apiType: ApiType): Promise<string[]> {
    return this.unlessAway([], () => this.shared.readDue(apiType));
  }

  /** How it is with breakers; all are closed while Redis is away. */
  async read(ids: readonly BreakerId[]): Promise<(BreakerId & BreakerStatus)[]> {
    const found = await this.unlessAway(undefined, () => Promise.all(ids.map((id) => this.shared.read(id))));
    return ids.map((id, i) => ({ ...id, ...statusOf(found?.[i] ?? CLOSED) }));
  }

  /**
   * Closes breakers and forgets what was counted; gives how they were.
   * @throws while Redis is away
   */
  async reset(ids: readonly BreakerId[]): Promise<(BreakerId & BreakerStatus)[]> {
    const before: (BreakerId & BreakerStatus)[] = [];
    for (const id of ids) {
      const was = await this.shared.reset(id);
      before.push({ ...id, ...statusOf(was) });
      this.circuits.follow(id, 'closed');
      await this.tell(id, { from: was.state, to: 'closed', until: null, failures: was.failures, calls: was.calls });
    }
    return before;
  }

  private async settle(id: BreakerId, outcome: CallOutcome, trial: string | undefined): Promise<void> {
    if (outcome !== 'uncounted') {
      const verdict = await this.unlessAway(undefined, () => this.shared.report(id, outcome, trial));
      if (verdict === undefined) return;
      this.circuits.follow(id, verdict.to);
      await this.tell(id, verdict);
    } else if (trial !== undefined) {
      await this.unlessAway(undefined, () => this.shared.giveBack(id, trial));
      this.circuits.follow(id, 'half_open');
    }
  }

  private async tell(id: BreakerId, { from, to, until, failures, calls }: Verdict): Promise<void> {
    if (from === to) return;
    await this.changes.tell({ ...id, from, to, openUntil: to === 'open' ? until : null, failures, calls });
  }

  /** What Redis says, or this while it is away: a call never waits for it. */
  private async unlessAway<T>(otherwise: T, ask: () => Promise<T>): Promise<T> {
    if (this.redis.status !== 'ready') return otherwise;
    try {
      return await ask();
    } catch (error) {
      this.logger.warn({ err: error }, 'Redis does not answer: breakers are taken to be closed');
      return otherwise;
    }
  }
}
