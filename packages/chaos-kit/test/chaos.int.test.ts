import { Installation } from '../src/installation/installation';
import { describeResult } from '../src/report';
import { runDrift } from '../src/drift/run-drift';
import { runChaos, type ChaosOptions, type ChaosResult } from '../src/run-chaos';

// All of it takes a minute and a half on two idle cores; what is left is for machines that are not idle. Half of the agents of
// each run are called, the others poll.
const LIMIT_MS = 600_000;

let installation: Installation;

beforeAll(async () => {
  installation = await Installation.start({ fleet: { all: 2, worker: 3, scheduler: 2 } });
}, LIMIT_MS);
afterAll(() => installation.stop(), LIMIT_MS);

/** Runs a seed; what is wrong is told in full. */
async function run(options: Omit<ChaosOptions, 'seed'>): Promise<ChaosResult> {
  const result = await runChaos(installation, { seed: `${options.kind ?? 'calm'}-1`, ...options });
  if (result.faults.length > 0) throw new Error(describeResult(result));
  return result;
}

const names = ({ schedule }: ChaosResult) => schedule.map(({ fault }) => fault);

it(
  'does everything once with two hubs, three workers and two schedulers at work at once, and keeps the order of an order',
  async () => {
    const { counts, lost, doubled } = await run({ kind: null, orders: 100, vendors: 10, faults: 0, withinMs: 2_000, longestMs: 0 });
    expect({ lost, doubled, orders: counts['orders'] }).toEqual({ lost: 0, doubled: 0, orders: 100 });
    expect(counts['cancelled']).toBeGreaterThan(5);
  },
  LIMIT_MS,
);

it(
  'loses and doubles nothing when Redis forgets everything, is away, is empty after a restart, and hangs',
  async () => {
    const result = await run({ kind: 'redis', orders: 50, vendors: 4, faults: 5, withinMs: 3_000, longestMs: 3_000 });
    expect(names(result).sort()).toEqual(['redis_flush', 'redis_flush_waiting', 'redis_pause', 'redis_restart', 'redis_stop']);
    expect(result).toMatchObject({ lost: 0, doubled: 0, counts: { orders: 50 } });
  },
  LIMIT_MS,
);

it(
  'loses and doubles nothing when PostgreSQL is stopped without warning, and when it hangs',
  async () => {
    const result = await run({ kind: 'postgres', orders: 50, vendors: 4, faults: 2, withinMs: 2_000, longestMs: 2_000 });
    expect(names(result).sort()).toEqual(['postgres_crash', 'postgres_pause']);
    expect(result).toMatchObject({ lost: 0, doubled: 0, counts: { orders: 50 } });
  },
  LIMIT_MS,
);

it(
  'loses and doubles nothing when lines to agents and back are cut, hang, lag and lose replies, over which calls, polls and callbacks go',
  async () => {
    const result = await run({ kind: 'network', orders: 50, vendors: 4, faults: 11, withinMs: 2_500, longestMs: 1_500 });
    expect(new Set(names(result)).size).toBe(11);
    expect(result).toMatchObject({ lost: 0, doubled: 0, counts: { orders: 50 } });
  },
  LIMIT_MS,
);

it(
  'loses and doubles nothing of 500 orders while hubs, workers, schedulers and ERPs are killed',
  async () => {
    const result = await run({ kind: 'kills', orders: 500, vendors: 6, faults: 8, withinMs: 5_000, longestMs: 2_000 });
    const killed = result.schedule.filter(({ fault }) => fault === 'kill').map(({ target }) => target.split('-')[0]);
    expect(killed.length).toBeGreaterThanOrEqual(5);
    expect(new Set(killed)).toEqual(new Set(['all', 'worker', 'scheduler', 'erp']));
    expect(result).toMatchObject({ lost: 0, doubled: 0, counts: { orders: 500 } });
  },
  LIMIT_MS,
);

it(
  'loses and doubles nothing when all of this happens at once',
  async () => {
    const result = await run({ kind: 'mixed', orders: 60, vendors: 4, faults: 8, withinMs: 3_000, longestMs: 2_000 });
    expect(result.schedule).toHaveLength(8);
    expect(result).toMatchObject({ lost: 0, doubled: 0, counts: { orders: 60 } });
  },
  LIMIT_MS,
);

it(
  'has every row of the ERPs, and deletes none of them, when rows drift and are compared while all of this happens',
  async () => {
    const result = await runDrift(installation, {
      seed: 'drift-1',
      vendors: 2,
      rows: 60,
      acts: 16,
      faults: 4,
      withinMs: 3_000,
      longestMs: 1_500,
    });
    if (result.faults.length > 0) throw new Error(describeResult(result));
    expect(result.lost).toBe(0);
    expect(result.counts['drift_resolved']).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
