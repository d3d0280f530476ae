import { randomUUID } from 'node:crypto';
import { nextRedisUrl } from '@repo/dev-stack/test-servers';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { BreakerPolicy } from './breaker-policy';
import { SharedBreakers, type Admission } from './shared-breakers';

const POLICY: BreakerPolicy = { errorPercent: 50, volume: 5, resetMs: 60_000, windowMs: 180_000, trialMs: 35_000 };
const V1 = { vendorId: 'v1', apiType: 'orders' } as const;

const clock = { now: 0 };
let connections: Redis[];
let workers: [SharedBreakers, SharedBreakers, SharedBreakers];
beforeAll(async () => {
  const url = await nextRedisUrl();
  connections = [0, 1, 2].map(() => new Redis(url));
});
afterAll(() => connections.forEach((redis) => redis.disconnect()));
beforeEach(async () => {
  await connections[0]?.flushdb();
  clock.now = Date.UTC(2026, 0, 31, 8, 30, 0, 123);
  workers = connections.map((redis) => new SharedBreakers(redis, POLICY, () => clock.now)) as typeof workers;
});

/** One call after the other, by one worker after the other; each takes so long. */
async function report(outcomes: readonly ('success' | 'failure')[], takesMs = 0, id: typeof V1 = V1) {
  const verdicts = [];
  for (const [n, outcome] of outcomes.entries()) {
    clock.now += takesMs;
    verdicts.push(await (workers[n % 3] as SharedBreakers).report(id, outcome));
  }
  return verdicts;
}
const failures = (count: number) => Array.from({ length: count }, () => 'failure' as const);
const open = () => report(failures(POLICY.volume));
const admitBy = (worker: SharedBreakers, token: string = randomUUID()) => worker.admit(V1, token);
const howAll = (admissions: Admission[]) => admissions.map(({ admitted }) => admitted).sort();

/** Opens, waits until it is over, and lets one try under this token. */
async function beginTrial(token: string): Promise<void> {
  await open();
  clock.now += POLICY.resetMs;
  expect(await admitBy(workers[1], token)).toMatchObject({ admitted: 'trial' });
}

describe('a breaker', () => {
  it('opens on the calls of all workers together, for all of them', async () => {
    const verdicts = await report(failures(5));
    expect(verdicts.map(({ to }) => to)).toEqual(['closed', 'closed', 'closed', 'closed', 'open']);
    const until = new Date(clock.now + POLICY.resetMs);
    expect(verdicts[4]).toEqual({ from: 'closed', to: 'open', until, failures: 5, calls: 5 });
    for (const worker of workers) {
      expect(await admitBy(worker)).toEqual({ admitted: 'refused', until });
      expect(await worker.read(V1)).toMatchObject({ state: 'open', openUntil: until, failures: 5, calls: 5 });
      expect(await worker.readOpen('orders')).toEqual(['v1']);
      expect(await worker.readDue('orders')).toEqual([]);
    }
  });

  it('opens once, however many calls fail at the same moment', async () => {
    const verdicts = await Promise.all(failures(60).map((outcome, n) => (workers[n % 3] as SharedBreakers).report(V1, outcome)));
    expect(verdicts.filter(({ from, to }) => from === 'closed' && to === 'open')).toHaveLength(1);
    expect(await workers[0].read(V1)).toMatchObject({ failures: 60, calls: 60 });
  });

  it('opens when enough calls were made and so many of them failed, and not before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('success' as const, 'failure' as const), { maxLength: 15 }), async (outcomes) => {
        await connections[0]?.flushdb();
        const opened = (await report(outcomes)).findIndex(({ to }) => to === 'open');
        const expected = outcomes.findIndex((_each, n) => {
          const failed = outcomes.slice(0, n + 1).filter((one) => one === 'failure').length;
          return n + 1 >= POLICY.volume && failed * 100 >= POLICY.errorPercent * (n + 1);
        });
        expect(opened).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('is not that of another vendor, nor of the other kind of calls', async () => {
    await open();
    expect(await workers[0].admit({ vendorId: 'v2', apiType: 'orders' }, randomUUID())).toEqual({ admitted: 'closed' });
    expect(await workers[0].admit({ vendorId: 'v1', apiType: 'reconciliation' }, randomUUID())).toEqual({ admitted: 'closed' });
    expect(await workers[0].readOpen('reconciliation')).toEqual([]);
  });

  it('opens for a vendor that only hangs, called once at a time, in the shortest window that the settings take', async () => {
    // Whenever in a part of the window it begins: (volume + 1) calls of 30 s, and nothing is counted out too early.
    for (let begin = 0; begin < 18_000; begin += 1_717) {
      await connections[0]?.flushdb();
      clock.now += begin;
      const verdicts = await report(failures(5), 36_000);
      expect(verdicts[4]?.to).toBe('open');
    }
  });

  it('forgets what is older than the window', async () => {
    await report(failures(4));
    clock.now += POLICY.windowMs - 1;
    expect(await workers[0].read(V1)).toMatchObject({ calls: 4 });
    clock.now += 2 * (POLICY.windowMs / 10);
    expect(await workers[0].read(V1)).toMatchObject({ calls: 0, failures: 0 });
    expect((await report(failures(4))).map(({ to }) => to)).not.toContain('open');
    expect(await workers[0].read(V1)).toMatchObject({ calls: 4, failures: 4 });
  });

  it('leaves nothing in Redis when nobody calls any more', async () => {
    await report(['failure']);
    const kept = await connections[0]?.pttl('hub:breaker:{v1}:orders');
    expect(kept).toBeGreaterThan(POLICY.windowMs);
    expect(kept).toBeLessThan(2 * POLICY.windowMs);
  });
});

describe('when the open time is over', () => {
  it('one call tries among all that ask at once, and no other one until it is known what came of it', async () => {
    await open();
    clock.now += POLICY.resetMs - 1;
    expect(howAll(await Promise.all(workers.map((worker) => admitBy(worker))))).toEqual(['refused', 'refused', 'refused']);
    expect(await workers[2].readDue('orders')).toEqual([]);
    clock.now += 1;
    expect(await workers[2].readDue('orders')).toEqual(['v1']);
    expect(await workers[2].read(V1)).toMatchObject({ state: 'half_open' });
    const admissions = await Promise.all(Array.from({ length: 60 }, (_, n) => admitBy(workers[n % 3] as SharedBreakers)));
    expect(admissions.filter(({ admitted }) => admitted === 'trial')).toHaveLength(1);
    expect(admissions.filter(({ admitted }) => admitted === 'refused')).toHaveLength(59);
    expect(await workers[2].readDue('orders')).toEqual([]);
    expect(await workers[2].readOpen('orders')).toEqual(['v1']);
    clock.now += POLICY.trialMs - 1;
    expect(await admitBy(workers[0])).toEqual({ admitted: 'refused', until: new Date(clock.now + 1) });
  });

  it('a success closes it, and what was counted is forgotten', async () => {
    await beginTrial('t');
    expect(await workers[1].report(V1, 'success', 't')).toMatchObject({ from: 'half_open', to: 'closed' });
    for (const worker of workers) expect(await worker.read(V1)).toMatchObject({ state: 'closed', openUntil: null, failures: 0, calls: 0 });
    expect(await workers[0].readOpen('orders')).toEqual([]);
    expect((await report(failures(4))).map(({ to }) => to)).not.toContain('open');
  });

  it('a failure opens it again, for as long', async () => {
    await beginTrial('t');
    const until = new Date(clock.now + POLICY.resetMs);
    expect(await workers[1].report(V1, 'failure', 't')).toMatchObject({ from: 'half_open', to: 'open', until });
    for (const worker of workers) expect(await admitBy(worker)).toEqual({ admitted: 'refused', until });
    clock.now += POLICY.resetMs;
    expect(await workers[0].readDue('orders')).toEqual(['v1']);
    expect(await admitBy(workers[0])).toMatchObject({ admitted: 'trial', verdict: { from: 'open', to: 'half_open' } });
  });

  it('a failure leaves nothing of its try behind, however soon the next one may be', async () => {
    const hasty = new SharedBreakers(connections[0] as Redis, { ...POLICY, resetMs: 1_000 }, () => clock.now);
    await beginTrial('t');
    await hasty.report(V1, 'failure', 't');
    clock.now += 1_000;
    expect(await hasty.admit(V1, 'u')).toMatchObject({ admitted: 'trial', verdict: { from: 'open', to: 'half_open' } });
    expect(await hasty.report(V1, 'success', 't')).toMatchObject({ to: 'half_open' });
  });

  it('a call that says nothing gives the next one its turn', async () => {
    await beginTrial('t');
    await workers[1].giveBack(V1, 'another');
    expect(await admitBy(workers[0])).toMatchObject({ admitted: 'refused' });
    await workers[1].giveBack(V1, 't');
    expect(await workers[0].readDue('orders')).toEqual(['v1']);
    expect(await admitBy(workers[0])).toMatchObject({ admitted: 'trial', verdict: { from: 'half_open', to: 'half_open' } });
  });

  it('another call tries when the worker of the first one has died, and what comes of that one late counts as any call', async () => {
    await beginTrial('dead');
    clock.now += POLICY.trialMs;
    expect(await workers[0].readDue('orders')).toEqual(['v1']);
    expect(howAll(await Promise.all(workers.map((worker) => admitBy(worker))))).toEqual(['refused', 'refused', 'trial']);
    expect(await workers[1].report(V1, 'success', 'dead')).toMatchObject({ from: 'half_open', to: 'half_open' });
    await workers[1].giveBack(V1, 'dead');
    expect(await admitBy(workers[2])).toMatchObject({ admitted: 'refused' });
  });

  it('calls that were made before it opened change nothing, however they end', async () => {
    await beginTrial('t');
    for (const outcome of ['success', 'failure'] as const) {
      expect(await workers[2].report(V1, outcome)).toMatchObject({ from: 'half_open', to: 'half_open' });
    }
    expect(await admitBy(workers[0])).toMatchObject({ admitted: 'refused' });
    expect(await workers[1].report(V1, 'success', 't')).toMatchObject({ to: 'closed' });
  });
});

describe('by hand', () => {
  it('it closes for all, and a call that tried counts as any', async () => {
    await beginTrial('t');
    expect(await workers[0].reset(V1)).toMatchObject({ state: 'half_open', failures: 5, calls: 5 });
    for (const worker of workers) expect(await admitBy(worker)).toEqual({ admitted: 'closed' });
    expect(await workers[0].readOpen('orders')).toEqual([]);
    expect(await workers[1].report(V1, 'failure', 't')).toMatchObject({ from: 'closed', to: 'closed', failures: 1, calls: 1 });
  });

  it.each([
    ['was just refused', open, (late: SharedBreakers) => admitBy(late)],
    ['opened it', () => report(failures(POLICY.volume - 1)), (late: SharedBreakers) => late.report(V1, 'failure')],
    ['gives its turn back', () => beginTrial('t'), (late: SharedBreakers) => late.giveBack(V1, 't')],
  ])('it is closed for the relay too, when a call that %s says so only after it', async (_which, before, act) => {
    await before();
    const line = connections[2] as Redis;
    const late = jest.spyOn(line, 'zadd').mockImplementationOnce(async (...entry: unknown[]) => {
      await workers[0].reset(V1);
      return line.call('zadd', ...(entry as string[])) as Promise<never>;
    });
    await act(workers[2]);
    expect(late).toHaveBeenCalledTimes(1);
    late.mockRestore();
    expect(await workers[0].readOpen('orders')).toEqual([]);
  });
});

describe('when Redis forgets', () => {
  it('everything, breakers are closed', async () => {
    await open();
    await connections[0]?.flushdb();
    for (const worker of workers) expect(await admitBy(worker)).toEqual({ admitted: 'closed' });
    expect(await workers[0].readOpen('orders')).toEqual([]);
  });

  it('a breaker, it is not open for the relay either once its time is over', async () => {
    await open();
    await connections[0]?.del('hub:breaker:{v1}:orders');
    expect(await workers[0].readOpen('orders')).toEqual(['v1']);
    clock.now += POLICY.resetMs;
    expect(await workers[0].readDue('orders')).toEqual([]);
    expect(await workers[0].readOpen('orders')).toEqual([]);
  });

  it('what is open, the first call that is refused tells the relay again', async () => {
    await open();
    await connections[0]?.del('hub:breakers:open:orders');
    expect(await workers[0].readOpen('orders')).toEqual([]);
    await admitBy(workers[1]);
    expect(await workers[0].readOpen('orders')).toEqual(['v1']);
  });
});

it('a call costs one command before it and one after it while the breaker is closed', async () => {
  const redis = connections[0] as Redis;
  const sent = jest.spyOn(redis, 'sendCommand');
  await workers[0].admit(V1, 't');
  await workers[0].report(V1, 'success');
  const warm = sent.mock.calls.length;
  await workers[0].admit(V1, 't');
  await workers[0].report(V1, 'success');
  expect(sent.mock.calls.length - warm).toBe(2);
  sent.mockRestore();
});

it('counts of settings with another window are neither lost nor kept for ever', async () => {
  await report(failures(4));
  const wider = new SharedBreakers(connections[1] as Redis, { ...POLICY, windowMs: 600_000 }, () => clock.now);
  expect(await wider.report(V1, 'failure')).toMatchObject({ to: 'open', failures: 5, calls: 5 });
});
