import { Circuits, type CircuitEvent } from './circuits';

const V1 = { vendorId: 'v1', apiType: 'orders' } as const;
const nothing = () => Promise.resolve();
const failing = () => Promise.reject(new Error('it broke'));

let events: CircuitEvent[];
let circuits: Circuits;
beforeEach(() => {
  events = [];
  circuits = new Circuits(60_000, (event) => events.push(event), 3);
});
afterEach(() => circuits.shutdown());

const of = (vendorId = 'v1') => circuits.peek({ ...V1, vendorId });

it('makes calls, passes on how they end, and never opens on its own counts', async () => {
  for (let n = 0; n < 50; n++) await expect(circuits.fire(V1, false, failing)).rejects.toThrow('it broke');
  await circuits.fire(V1, false, nothing);
  expect(of()?.closed).toBe(true);
  expect(of()?.stats).toMatchObject({ fires: 51, failures: 50, successes: 1 });
  expect(events).toEqual([]);
});

it('rejects what the shared breaker does not let through, without doing it', async () => {
  await circuits.reject(V1);
  await circuits.reject(V1);
  expect(of()?.opened).toBe(true);
  expect(of()?.stats).toMatchObject({ rejects: 2, successes: 0, failures: 0 });
  expect(events).toEqual(['open', 'reject', 'reject']);
});

it('closes for a call that was let in, whatever it took the breaker for', async () => {
  await circuits.reject(V1);
  let done = 0;
  await circuits.fire(V1, false, async () => void done++);
  expect([done, of()?.closed]).toEqual([1, true]);
});

it('half-opens for the call that tries, with its statistics, and is what the call made of the shared breaker', async () => {
  await circuits.fire(V1, false, nothing);
  await circuits.reject(V1);
  await circuits.fire(V1, true, async () => {
    expect(of()?.halfOpen).toBe(true);
    circuits.follow(V1, 'closed');
  });
  expect(of()?.closed).toBe(true);
  expect(events).toEqual(['open', 'reject', 'halfOpen', 'close']);
  expect(of()?.stats).toMatchObject({ rejects: 1, successes: 2 });
  const fails = async () => {
    circuits.follow(V1, 'open');
    throw new Error('it broke');
  };
  await circuits.reject(V1);
  await expect(circuits.fire(V1, true, fails)).rejects.toThrow('it broke');
  expect(of()?.opened).toBe(true);
});

it('does not close on a try that says nothing', async () => {
  await circuits.reject(V1);
  await circuits.fire(V1, true, async () => circuits.follow(V1, 'half_open'));
  expect(of()?.opened).toBe(true);
});

it('half-opens by itself when the open time is over, and lets a second call try when the first one does not come back', async () => {
  circuits.shutdown();
  circuits = new Circuits(1, (event) => events.push(event));
  await circuits.reject(V1);
  await new Promise((resolve) => of()?.on('halfOpen', resolve as () => void));
  void circuits.fire(V1, true, () => new Promise(() => undefined));
  let done = false;
  await circuits.fire(V1, true, async () => {
    done = true;
    circuits.follow(V1, 'closed');
  });
  expect(done).toBe(true);
});

it('keeps so many, and shuts down those that were not used for the longest', async () => {
  const first = await circuits.fire(V1, false, nothing).then(() => of());
  for (const vendorId of ['v2', 'v3', 'v4']) await circuits.fire({ ...V1, vendorId }, false, nothing);
  expect(circuits.size).toBe(3);
  expect(first?.isShutdown).toBe(true);
  expect(of('v4')?.isShutdown).toBe(false);
  await circuits.fire(V1, false, nothing);
  expect(of()?.stats).toMatchObject({ successes: 1 });
});

it('needs one timer, however many circuits there are', async () => {
  const timers = jest.spyOn(globalThis, 'setInterval');
  const many = new Circuits(60_000);
  for (let n = 0; n < 500; n++) await many.fire({ ...V1, vendorId: `v${n}` }, false, nothing);
  expect(many.size).toBe(500);
  expect(timers).toHaveBeenCalledTimes(1);
  many.shutdown();
  timers.mockRestore();
});
