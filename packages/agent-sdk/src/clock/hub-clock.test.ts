import { HubClock } from './hub-clock';

const HUB = Date.UTC(2026, 0, 31, 8, 30);

/** A machine whose clock is off, and may be set or put to sleep. */
function machine(skewMs: number) {
  const clocks = { own: HUB + skewMs, steady: 1_000 };
  const clock = new HubClock({ read: () => ({ ...clocks }) });
  const pass = (ms: number) => {
    clocks.own += ms;
    clocks.steady += ms;
  };
  return { clocks, clock, pass };
}

it.each([0, 3_600_000, -3_600_000])('knows the hub’s time from the first heartbeat on, with a clock that is %i ms off', (skewMs) => {
  const { clock, pass } = machine(skewMs);
  expect(clock.known).toBe(false);
  expect(clock.now()).toBe(HUB + skewMs);
  clock.learn(clock.read(), HUB);
  expect(clock.known).toBe(true);
  pass(5_000);
  expect(clock.now()).toBe(HUB + 5_000);
});

it('is never behind: the time of the hub is that of the moment at which the heartbeat set out', () => {
  const { clock, pass } = machine(-90_000);
  const sent = clock.read();
  pass(400);
  // The hub looked at its clock some time in between.
  clock.learn(sent, HUB + 150);
  expect(clock.now()).toBe(HUB + 150 + 400);
});

it('stays right when the clock of the machine is put back, and when the machine sleeps', () => {
  const { clock, clocks, pass } = machine(0);
  clock.learn(clock.read(), HUB);
  clocks.own -= 600_000;
  pass(1_000);
  expect(clock.now()).toBe(HUB + 1_000);
  clock.learn(clock.read(), HUB + 1_000);
  clocks.own += 60_000;
  expect(clock.now()).toBe(HUB + 61_000);
});

it('does not take a slow heartbeat for better than what it knows, nor what is no time', () => {
  const { clock, pass } = machine(0);
  const slow = clock.read();
  pass(5_000);
  clock.learn(clock.read(), HUB + 5_000);
  clock.learn(slow, HUB + 60_000);
  clock.learn(clock.read(), Number.NaN);
  expect(clock.now()).toBe(HUB + 5_000);
});

it('may be told that the clock of the machine is right, which a slow heartbeat does not set', () => {
  const clock = new HubClock({ trustOwnClock: true, read: () => ({ own: HUB, steady: 5_000 }) });
  expect(clock.known).toBe(true);
  clock.learn({ own: HUB - 4_000, steady: 1_000 }, HUB);
  expect(clock.now()).toBe(HUB);
});
