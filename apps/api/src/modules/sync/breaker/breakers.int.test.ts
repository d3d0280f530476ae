import { nextRedisUrl } from '@repo/dev-stack/test-servers';
import { Redis } from 'ioredis';
import { LocalEventBus } from '../../../platform/events/local-events';
import { BreakerChanges } from './breaker-changes';
import type { CallOutcome } from './breaker-policy';
import { Breakers } from './breakers';
import { Circuits } from './circuits';
import type { Permit } from './permit';
import { SharedBreakers } from './shared-breakers';

const POLICY = { errorPercent: 50, volume: 3, resetMs: 60_000, windowMs: 180_000, trialMs: 35_000 };
// Channels are the server's: what other files tell of other vendors is heard here, too.
const VENDOR = `v-${process.pid}`;
const ID = { vendorId: VENDOR, apiType: 'orders' } as const;

/** What one process of the hub has of breakers. */
class Instance {
  readonly redis: Redis;
  private readonly subscriber: Redis;
  readonly circuits = new Circuits(POLICY.resetMs);
  readonly told: string[] = [];
  readonly breakers: Breakers;

  constructor(url: string, now: () => number) {
    this.redis = new Redis(url, { enableOfflineQueue: false });
    this.subscriber = new Redis(url);
    const events = new LocalEventBus();
    events.on('breaker-changed', async ({ from, to }) => void this.told.push(`${from} → ${to}`));
    const shared = new SharedBreakers(this.redis, POLICY, now);
    this.breakers = new Breakers(this.redis, shared, this.circuits, new BreakerChanges(this.redis, this.subscriber, events));
  }

  /** Waits until it is connected, and listens. */
  async start(): Promise<this> {
    await until(() => this.redis.status === 'ready' && this.subscriber.status === 'ready');
    // Answered after the subscription, which was asked for before.
    await this.subscriber.ping();
    return this;
  }

  async call(outcome: CallOutcome): Promise<CallOutcome | undefined> {
    const permit = await this.breakers.admit(VENDOR, 'orders');
    return permit?.call(
      () => Promise.resolve(outcome),
      (result) => result,
    );
  }

  get circuit() {
    return this.circuits.peek(ID);
  }

  stop(): void {
    this.circuits.shutdown();
    this.redis.disconnect();
    this.subscriber.disconnect();
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const clock = { now: Date.now() };
let instances: Instance[];
let one: Instance;
let two: Instance;
beforeEach(async () => {
  const url = await nextRedisUrl();
  instances = await Promise.all([0, 1, 2].map(() => new Instance(url, () => clock.now).start()));
  [one, two] = instances as [Instance, Instance];
});
afterEach(() => instances.forEach((each) => each.stop()));

async function openBreaker(): Promise<void> {
  for (let n = 0; n < POLICY.volume; n++) await one.call('failure');
}

it('opens for every process at once; the one where it happened tells of it, once', async () => {
  await two.call('success');
  await openBreaker();
  expect(await two.call('success')).toBeUndefined();
  await until(() => two.circuit?.opened === true && one.told.length > 0);
  expect(one.circuit?.opened).toBe(true);
  expect([one.told, two.told]).toEqual([['closed → open'], []]);
  await two.breakers.reset([ID]);
  await until(() => one.circuit?.closed === true && two.told.length > 0);
  expect([one.told, two.told]).toEqual([['closed → open'], ['open → closed']]);
});

it('a circuit hears of a breaker that another process opened, without a call', async () => {
  await two.call('success');
  expect(two.circuit?.closed).toBe(true);
  await openBreaker();
  await until(() => two.circuit?.opened === true);
});

it('lets one call try over all processes, whose circuit is half open until it is known what came of it', async () => {
  await openBreaker();
  clock.now += POLICY.resetMs;
  const permits = await Promise.all(Array.from({ length: 30 }, (_, n) => (instances[n % 3] as Instance).breakers.admit(VENDOR, 'orders')));
  const [permit, ...more] = permits.filter((each) => each !== undefined) as [Permit, ...Permit[]];
  expect(more).toEqual([]);
  const tries = instances[permits.indexOf(permit) % 3] as Instance;
  const others = instances.filter((each) => each !== tries);
  await permit.call(
    async () => {
      expect(tries.circuit?.halfOpen).toBe(true);
      for (const other of others) expect(await other.call('success')).toBeUndefined();
    },
    () => 'success',
  );
  for (const each of instances) expect(await each.call('success')).toBe('success');
  expect(await one.breakers.read([ID])).toMatchObject([{ state: 'closed', calls: 3, failures: 0 }]);
});

it.each<CallOutcome | 'given back'>(['uncounted', 'given back'])('another call tries when the first one is %s', async (how) => {
  await openBreaker();
  clock.now += POLICY.resetMs;
  if (how === 'given back') await (await one.breakers.admit(VENDOR, 'orders'))?.release();
  else expect(await one.call(how)).toBe(how);
  expect(one.circuit?.closed ?? false).toBe(false);
  expect(await two.breakers.readDue('orders')).toEqual([VENDOR]);
  expect(await two.call('success')).toBe('success');
  expect(await one.call('success')).toBe('success');
});

it('every call goes through while Redis is away, and breakers are closed', async () => {
  await openBreaker();
  one.redis.disconnect();
  await until(() => one.redis.status === 'end');
  for (const outcome of ['failure', 'failure', 'failure', 'success'] as const) expect(await one.call(outcome)).toBe(outcome);
  expect(await one.breakers.readOpen('orders')).toEqual([]);
  expect(await one.breakers.readDue('orders')).toEqual([]);
  expect(await one.breakers.read([ID])).toEqual([{ ...ID, state: 'closed', openUntil: null, failures: 0, calls: 0 }]);
  await expect(one.breakers.reset([ID])).rejects.toThrow();
  expect(await two.call('success')).toBeUndefined();
});

it('a call that tries goes on when Redis goes away under it', async () => {
  await openBreaker();
  clock.now += POLICY.resetMs;
  const permit = await one.breakers.admit(VENDOR, 'orders');
  one.redis.disconnect();
  expect(
    await permit?.call(
      () => Promise.resolve('done'),
      () => 'success',
    ),
  ).toBe('done');
});
