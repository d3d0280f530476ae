import { EventEmitter } from 'node:events';
import { LRUCache } from 'lru-cache';
import CircuitBreaker from 'opossum';
import type { ApiType, BreakerId, BreakerState } from './breaker-policy';

/** What the circuits of this process tell. */
export const CIRCUIT_EVENTS = ['open', 'halfOpen', 'close', 'reject'] as const;
export type CircuitEvent = (typeof CIRCUIT_EVENTS)[number];

type Work = () => Promise<void>;
type Circuit = CircuitBreaker<[Work], void>;

/** Circuits that a process keeps: a vendor that it has not called for long begins with a new one. */
const MOST_CIRCUITS = 1_000;
/** What opossum's own statistics look back on. */
const STATISTICS = { rollingCountTimeout: 60_000, rollingCountBuckets: 6, rollingPercentilesEnabled: false, enableSnapshots: false };
const HALF_OPEN = { closed: false, halfOpen: true };

/**
 * One opossum circuit a vendor and API type, through which this process makes its calls. A circuit does not judge: it never
 * opens on its own counts, and is opened and closed as the shared breaker is. It stands between a call and what is known to
 * be open, tells what happens, and keeps the statistics of this process.
 */
export class Circuits {
  private readonly kept: LRUCache<string, Circuit>;
  /** One timer for all: each circuit alone would have two. */
  private readonly rotation = new EventEmitter().setMaxListeners(0);
  private readonly timer: NodeJS.Timeout;

  /** `resetMs`: how long breakers stay open. */
  constructor(
    private readonly resetMs: number,
    private readonly onEvent: (event: CircuitEvent, apiType: ApiType) => void = () => undefined,
    most = MOST_CIRCUITS,
  ) {
    this.kept = new LRUCache({ max: most, dispose: (circuit, _key, reason) => reason !== 'set' && circuit.shutdown() });
    const every = STATISTICS.rollingCountTimeout / STATISTICS.rollingCountBuckets;
    this.timer = setInterval(() => this.rotation.emit('rotate'), every).unref();
  }

  /** Does `work` through the circuit: it was let in, as any call or as the one that tries. Rejects as `work` does. */
  async fire(id: BreakerId, trial: boolean, work: Work): Promise<void> {
    const circuit = trial ? this.halfOpened(id) : this.of(id);
    if (!trial) circuit.close();
    return circuit.fire(work);
  }

  /** A call that the shared breaker does not let through: the circuit opens, and rejects it. */
  async reject(id: BreakerId): Promise<void> {
    const circuit = this.of(id);
    circuit.open();
    await circuit.fire(unreachable).catch((error: unknown) => {
      if (!(error instanceof Error && CircuitBreaker.isOurError(error))) throw error;
    });
  }

  /** Makes a circuit that this process has what the shared breaker is. */
  follow(id: BreakerId, state: BreakerState): void {
    const circuit = this.kept.peek(keyOf(id));
    if (state === 'closed') circuit?.close();
    else circuit?.open();
  }

  /** The circuit of a breaker, if this process has one. */
  peek(id: BreakerId): Circuit | undefined {
    return this.kept.peek(keyOf(id));
  }

  get size(): number {
    return this.kept.size;
  }

  shutdown(): void {
    clearInterval(this.timer);
    this.kept.clear();
  }

  private of(id: BreakerId): Circuit {
    const found = this.kept.get(keyOf(id));
    if (found !== undefined) return found;
    const circuit = this.make(id, {});
    this.kept.set(keyOf(id), circuit);
    return circuit;
  }

  /** A circuit that lets one call through. Opossum half-opens by its own timer only, so one that is not yet is made anew. */
  private halfOpened(id: BreakerId): Circuit {
    const before = this.of(id);
    if (before.halfOpen && before.pendingClose) return before;
    const circuit = this.make(id, { status: before.status, state: HALF_OPEN });
    before.removeAllListeners();
    before.close();
    this.kept.set(keyOf(id), circuit);
    circuit.emit('halfOpen', this.resetMs);
    return circuit;
  }

  private make(id: BreakerId, state: { status?: CircuitBreaker.Status; state?: typeof HALF_OPEN }): Circuit {
    const options = {
      ...STATISTICS,
      ...state,
      name: keyOf(id),
      // Calls have a deadline of their own.
      timeout: false as const,
      resetTimeout: this.resetMs,
      volumeThreshold: Number.MAX_SAFE_INTEGER,
      rotateBucketController: this.rotation,
    };
    const circuit: Circuit = new CircuitBreaker((work: Work) => work(), options);
    for (const event of CIRCUIT_EVENTS) (circuit as EventEmitter).on(event, () => this.onEvent(event, id.apiType));
    return circuit;
  }
}

function keyOf({ vendorId, apiType }: BreakerId): string {
  return `${vendorId}:${apiType}`;
}

async function unreachable(): Promise<void> {
  throw new Error('a circuit that is open let a call through');
}
