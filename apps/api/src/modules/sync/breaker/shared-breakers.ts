import type { Redis, Result } from 'ioredis';
import type { ApiType, BreakerId, BreakerPolicy, BreakerState, BreakerStatus } from './breaker-policy';
import { ADMIT, GIVE_BACK, REPORT } from './breaker-scripts';
import { readBreaker, type ReadBreaker } from './read-breaker';

/** Parts of the window: counts go when a whole part is too old, so that the window is up to a part longer, and never shorter. */
const PARTS = 10;
/** A breaker that is open and not asked about for this long is forgotten. */
const OPEN_KEPT_MS = 86_400_000;

type ScriptArgument = string | number;
type ScriptVerdict = [from: BreakerState | 'refused', to: BreakerState, until: string, failures: number, calls: number];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    hubBreakerAdmit(key: string, ...args: ScriptArgument[]): Result<ScriptVerdict, Context>;
    hubBreakerReport(key: string, ...args: ScriptArgument[]): Result<ScriptVerdict, Context>;
    hubBreakerGiveBack(key: string, token: string): Result<0 | 1, Context>;
  }
}

/** How a breaker was and is. `until`: the end of the open time, or of the trial. */
export interface Verdict {
  from: BreakerState;
  to: BreakerState;
  until: Date | null;
  failures: number;
  calls: number;
}

/** Whether a call may be made. A trial is the only call of all instances; `verdict.until` is when it has to be over. */
export type Admission = { admitted: 'closed' } | { admitted: 'trial'; verdict: Verdict } | { admitted: 'refused'; until: Date };

/**
 * The one state of every breaker, in Redis: counts of all instances, when it opened, and who may try. Every change is one
 * script on one key. Beside them an index of what is not closed, for who asks about all vendors: it is written after the
 * breaker, so it may be wrong for a moment, or longer when a process dies in between. Whoever is refused puts the breaker in,
 * and who puts one in, or finds one in it that is due, looks whether it is still open. Every method rejects while Redis is away.
 */
export class SharedBreakers {
  constructor(
    private readonly redis: Redis,
    private readonly policy: BreakerPolicy,
    private readonly now: () => number = Date.now,
  ) {
    redis.defineCommand('hubBreakerAdmit', { numberOfKeys: 1, lua: ADMIT });
    redis.defineCommand('hubBreakerReport', { numberOfKeys: 1, lua: REPORT });
    redis.defineCommand('hubBreakerGiveBack', { numberOfKeys: 1, lua: GIVE_BACK });
  }

  /** Asks for a call; `token` is the trial's, if it becomes one. */
  async admit(id: BreakerId, token: string): Promise<Admission> {
    const now = this.now();
    const trialUntil = now + this.policy.trialMs;
    const found = await this.redis.hubBreakerAdmit(keyOf(id), now, this.oldest(now), token, trialUntil, OPEN_KEPT_MS);
    if (found[1] === 'closed') return { admitted: 'closed' };
    const until = new Date(Number(found[2]));
    await this.enter(id, until.getTime());
    return found[0] === 'refused' ? { admitted: 'refused', until } : { admitted: 'trial', verdict: verdictOf(found) };
  }

  /** Counts a call that came to its end, and does what follows. `token` is given by the call that tries. */
  async report(id: BreakerId, outcome: 'success' | 'failure', token?: string): Promise<Verdict> {
    const { volume, errorPercent, resetMs, windowMs } = this.policy;
    const now = this.now();
    const part = this.partMs;
    const verdict = verdictOf(
      await this.redis.hubBreakerReport(
        keyOf(id),
        now,
        this.oldest(now),
        now - (now % part),
        outcome === 'failure' ? 1 : 0,
        token ?? '',
        volume,
        errorPercent,
        now + resetMs,
        windowMs + 2 * part,
        OPEN_KEPT_MS,
      ),
    );
    if (verdict.from !== verdict.to) await this.note(id, verdict);
    return verdict;
  }

  /** Ends a trial that said nothing of the agent: another call may try at once. */
  async giveBack(id: BreakerId, token: string): Promise<void> {
    const given = await this.redis.hubBreakerGiveBack(keyOf(id), token);
    if (given === 1) await this.enter(id, this.now());
  }

  async read(id: BreakerId): Promise<ReadBreaker> {
    const now = this.now();
    return readBreaker(await this.redis.hgetall(keyOf(id)), now, this.oldest(now));
  }

  /** Closes a breaker and forgets its counts; gives how it was. */
  async reset(id: BreakerId): Promise<ReadBreaker> {
    const before = await this.read(id);
    await this.redis.del(keyOf(id));
    await this.redis.zrem(indexOf(id.apiType), id.vendorId);
    return before;
  }

  /** Vendors whose breakers are not closed: one command. */
  readOpen(apiType: ApiType): Promise<string[]> {
    return this.redis.zrange(indexOf(apiType), '0', '-1');
  }

  /** Vendors whose breakers let one call try now: the open time is over, and no call tries. */
  async readDue(apiType: ApiType): Promise<string[]> {
    const due = await this.redis.zrangebyscore(indexOf(apiType), '-inf', String(this.now()));
    const isOpen = await Promise.all(due.map((vendorId) => this.lookAgain({ vendorId, apiType })));
    return due.filter((_vendorId, i) => isOpen[i]);
  }

  /** Whether a breaker that is in the index is open; out of the index when it is not. */
  private async lookAgain(id: BreakerId): Promise<boolean> {
    const isOpen = (await this.redis.hexists(keyOf(id), 'open_until')) === 1;
    if (!isOpen) await this.redis.zrem(indexOf(id.apiType), id.vendorId);
    return isOpen;
  }

  private async note(id: BreakerId, { until }: Verdict): Promise<void> {
    if (until === null) await this.redis.zrem(indexOf(id.apiType), id.vendorId);
    else await this.enter(id, until.getTime());
  }

  /** Puts a breaker into the index. One that was closed since it was found open must not stay there until that time. */
  private async enter(id: BreakerId, until: number): Promise<void> {
    await this.redis.zadd(indexOf(id.apiType), until, id.vendorId);
    await this.lookAgain(id);
  }

  private get partMs(): number {
    return Math.ceil(this.policy.windowMs / PARTS);
  }

  /** Parts of the window that start then or earlier are too old. */
  private oldest(now: number): number {
    return now - this.policy.windowMs - this.partMs;
  }
}

/** The keys of one vendor are in one slot of a cluster. */
function keyOf({ vendorId, apiType }: BreakerId): string {
  return `hub:breaker:{${vendorId}}:${apiType}`;
}

function indexOf(apiType: ApiType): string {
  return `hub:breakers:open:${apiType}`;
}

function verdictOf([from, to, until, failures, calls]: ScriptVerdict): Verdict {
  return { from: from === 'refused' ? to : from, to, until: until === '' ? null : new Date(Number(until)), failures, calls };
}

/** A breaker as others see it: without who tries. */
export function statusOf({ state, openUntil, failures, calls }: BreakerStatus): BreakerStatus {
  return { state, openUntil, failures, calls };
}
