import type { CreateOrderOutcome, OrderStatusReply } from '@repo/contracts/agent-protocol/calls';
import type { CallContext } from '../../src/answer/agent-handler';
import { RetryLater } from '../../src/answer/answer-errors';
import type { Callback } from '../../src/client/hub-client';
import type { ErpOrders, ErpOutcome } from '../../src/orders/erp-orders';
import { ExactlyOnceOrders } from '../../src/orders/exactly-once-orders';
import { MemoryLedger } from '../../src/orders/memory-ledger';
import type { OrderLedger } from '../../src/orders/order-ledger';
import { createOf, jobOf } from './calls';

/** What the ERP does when it is asked to create an order. */
export type ErpMood = 'well' | 'later' | 'lost_before' | 'lost_after' | 'lost_late' | 'busy' | 'fails';

export interface WorldPlan {
  /** How many steps each life of the agent lasts; the last one does not end. */
  lives: readonly number[];
  /** One for each creation; after them all goes well. */
  moods: readonly ErpMood[];
  /** So many rounds of the hub later a creation still happens that was cut off, by a crash or as `lost_late`; 0 for at once. */
  lateRounds: number;
  /** Whether the hub asks what became of the order when it does not know, or sends it again at once. */
  asks: boolean;
}

const ROUND_MS = 1_000;
/** More than a creation is ever late. */
const IN_FLIGHT_MS = 8 * ROUND_MS;
const MOST_ROUNDS = 120;
/** So many rounds the hub waits for a callback. */
const CALLBACK_ROUNDS = 3;
const REFERENCE = 'ERP-1';
const NEVER = new Promise<never>(() => undefined);

type Said = CreateOrderOutcome | { accepted: true } | OrderStatusReply;

/**
 * A hub, an agent and an ERP that makes an order each time it is asked to. The agent dies at any of its steps, and is started
 * again on what is durable: the ledger and the ERP. The hub does as the protocol says.
 */
export class CrashingWorld {
  readonly orders: string[] = [];
  /** Steps of the life that lasts. */
  steps = 0;
  private readonly ledger = new MemoryLedger();
  private readonly moods: ErpMood[];
  private readonly lives: number[];
  private now = 1_000_000;
  private late: { atRound: number; create: () => void }[] = [];
  private round = 0;
  private life: Life | undefined;
  private readonly told: Callback[] = [];

  constructor(private readonly plan: WorldPlan) {
    this.moods = [...plan.moods];
    this.lives = [...plan.lives];
  }

  /** Plays the hub until it knows that the order is there. Gives the reference that it was told. */
  async deliver(): Promise<string> {
    let attempt = 0;
    let [mustAsk, awaiting] = [false, false];
    for (this.round = 1; this.round <= MOST_ROUNDS; this.round += 1) {
      this.now += ROUND_MS;
      for (const { atRound, create } of this.late.splice(0)) {
        if (atRound <= this.round) create();
        else this.late.push({ atRound, create });
      }
      const life = this.alive();
      const callback = this.told.findLast((one) => one.status === 'completed' || one.attempt === attempt);
      if (callback?.status === 'completed') return callback.erpReference ?? 'none';
      if (callback !== undefined) [awaiting, mustAsk] = [false, false];
      if (awaiting && this.round % CALLBACK_ROUNDS !== 0) {
        // Time passes, and with it comes the next look at what is open.
        life.orders.start();
        await new Promise(setImmediate);
        continue;
      }
      const asks = this.plan.asks && (awaiting || mustAsk);
      if (!asks) attempt += 1;
      const said = await (asks ? this.ask(life) : this.send(life, attempt));
      if (said === undefined) {
        // The reply was lost, or one that says nothing: asked first from now on.
        mustAsk = true;
        awaiting = false;
      } else if (said === 'wait') {
        mustAsk = false;
      } else if ('accepted' in said || ('known' in said && said.known && said.status === 'accepted')) {
        [awaiting, mustAsk] = [true, false];
      } else if ('known' in said && !said.known) {
        [awaiting, mustAsk] = [false, false];
      } else if (said.status === 'completed') {
        return said.erpReference ?? 'none';
      } else {
        [awaiting, mustAsk] = [false, false];
      }
    }
    throw new Error(`not delivered in ${MOST_ROUNDS} rounds`);
  }

  /** Lets come what is still on its way to the ERP, and ends the agent. */
  end(): void {
    this.late.splice(0).forEach(({ create }) => create());
    this.steps = this.life?.steps ?? 0;
    this.life?.bury();
  }

  private async send(life: Life, attempt: number): Promise<Said | 'wait' | undefined> {
    const deadline = this.now + ROUND_MS / 2;
    const context: CallContext = {
      correlationId: undefined,
      deadline,
      leftMs: () => deadline - this.now,
      signal: new AbortController().signal,
    };
    return this.answer(life, life.orders.createOrder(createOf(1, attempt), context));
  }

  private ask(life: Life): Promise<Said | 'wait' | undefined> {
    return this.answer(life, life.orders.orderStatus(jobOf(1)));
  }

  private async answer(life: Life, call: Promise<Said>): Promise<Said | 'wait' | undefined> {
    try {
      return await Promise.race([call, life.over]);
    } catch (error) {
      return error instanceof RetryLater ? 'wait' : undefined;
    }
  }

  private alive(): Life {
    if (this.life?.dead === false) return this.life;
    this.life?.bury();
    const life = new Life(this.lives.shift() ?? Infinity);
    life.orders = new ExactlyOnceOrders({
      ledger: life.guard(this.ledger, LEDGER_METHODS) as OrderLedger,
      erp: this.erpOf(life),
      client: {
        callback: (callback) =>
          life.step(() => {
            this.told.push(callback);
            return { jobId: callback.jobId, status: 'completed' as const };
          }),
      },
      onError: () => undefined,
      inFlightMs: IN_FLIGHT_MS,
      followEveryMs: 1_000_000,
      callbackPauses: { baseMs: 1, maxMs: 1 },
      now: () => this.now,
    });
    life.orders.start();
    this.life = life;
    return life;
  }

  private erpOf(life: Life): ErpOrders {
    const find = (): ErpOutcome | undefined => (this.orders.length > 0 ? { status: 'completed', erpReference: REFERENCE } : undefined);
    return {
      findOrder: () => life.step(find),
      cancelOrder: () => Promise.reject(new Error('nobody asked for that')),
      createOrder: async ({ id }) => {
        const mood = this.moods.shift() ?? 'well';
        await life.point();
        if (mood === 'busy') throw new RetryLater(1);
        if (mood === 'fails') return { status: 'failed', error: 'locked', retryable: true };
        if (mood === 'lost_before') throw new Error('connection lost');
        // Sent: whatever happens to the agent now, the ERP goes on.
        const create = () => void this.orders.push(id);
        if (this.plan.lateRounds > 0 && (mood === 'lost_late' || life.isLastStep())) {
          this.late.push({ atRound: this.round + this.plan.lateRounds, create });
        } else {
          create();
        }
        await life.point();
        if (mood === 'lost_after' || mood === 'lost_late') throw new Error('connection lost');
        return mood === 'later' ? { status: 'accepted' } : { status: 'completed', erpReference: REFERENCE };
      },
    };
  }
}

const LEDGER_METHODS = ['get', 'accept', 'submitted', 'complete', 'fail', 'forget', 'callbackTaken', 'unfinished', 'owed'] as const;

/** One run of the agent's process. What is asked of it after its end never comes back. */
class Life {
  orders!: ExactlyOnceOrders;
  dead = false;
  steps = 0;
  readonly over: Promise<undefined>;
  private die!: (value: undefined) => void;

  constructor(private readonly lasts: number) {
    this.over = new Promise((resolve) => (this.die = resolve));
  }

  /** Whether it dies at the next step. */
  isLastStep(): boolean {
    return this.steps + 1 >= this.lasts;
  }

  /** A moment at which it may die. */
  async point(): Promise<void> {
    await Promise.resolve();
    this.steps += 1;
    if (this.steps >= this.lasts) this.dead = true;
    if (this.dead) {
      this.die(undefined);
      await NEVER;
    }
  }

  /** Does something, with such a moment before and after it. */
  async step<T>(work: () => T | Promise<T>): Promise<T> {
    await this.point();
    const result = await work();
    await this.point();
    return result;
  }

  guard(target: object, methods: readonly string[]): unknown {
    const of = target as Record<string, (...args: unknown[]) => unknown>;
    return Object.fromEntries(methods.map((name) => [name, (...args: unknown[]) => this.step(() => of[name]?.(...args))]));
  }

  /** Stops its timers. */
  bury(): void {
    this.dead = true;
    this.die(undefined);
    void this.orders.stop({ withinMs: 0 });
  }
}
