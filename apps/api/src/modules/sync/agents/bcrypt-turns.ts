import { ApiError } from '../../../platform/errors/api-error';

interface Waiter {
  start(): void;
  refuse(error: ApiError): void;
}

const RETRY_AFTER_S = 5;

/**
 * Bounds how many bcrypt computations run in this process, so that a flood of tokens leaves the cores to other requests.
 * Whoever waits (an IP, or a vendor) gets turns in rotation, and the longest queue is cut first when too many wait: a
 * flood delays and displaces itself, not others.
 */
export class BcryptTurns {
  private running = 0;
  private waiters = 0;
  /** In the order of the next turns. */
  private readonly queues = new Map<string, Waiter[]>();

  constructor(
    private readonly atOnce = 2,
    private readonly mostWaiting = 1_000,
  ) {}

  /** @throws ApiError `rate_limited` when too many wait already */
  async run<T>(who: string, work: () => Promise<T>): Promise<T> {
    if (this.running < this.atOnce) this.running++;
    else await this.turn(who);
    try {
      return await work();
    } finally {
      this.passOn();
    }
  }

  private turn(who: string): Promise<void> {
    const queue = this.queues.get(who) ?? [];
    if (this.waiters >= this.mostWaiting) this.makeRoom(queue.length);
    return new Promise((resolve, reject) => {
      queue.push({ start: resolve, refuse: reject });
      this.queues.set(who, queue);
      this.waiters++;
    });
  }

  /** The place that ends goes to the next one; the place itself stays taken meanwhile. */
  private passOn(): void {
    const [next] = this.queues;
    if (next === undefined) {
      this.running--;
      return;
    }
    const [who, queue] = next;
    const waiter = queue.shift();
    this.queues.delete(who);
    if (queue.length > 0) this.queues.set(who, queue);
    this.waiters--;
    waiter?.start();
  }

  /** Refuses the newest of the longest queue, or the newcomer when its own is as long. */
  private makeRoom(newcomersQueue: number): void {
    const refusal = new ApiError('rate_limited', `Too many credentials wait to be checked: try again in ${RETRY_AFTER_S} s.`, {
      retryAfterSeconds: RETRY_AFTER_S,
    });
    let longest: Waiter[] = [];
    for (const queue of this.queues.values()) if (queue.length > longest.length) longest = queue;
    if (longest.length <= newcomersQueue + 1) throw refusal;
    longest.pop()?.refuse(refusal);
    this.waiters--;
  }
}
