import { HubClock } from './hub-clock';

const HOUR_MS = 3_600_000;

/** A clock that is an hour fast, and what time it really is. */
function hourFast(): HubClock {
  return new HubClock(() => HOUR_MS);
}

beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => jest.useRealTimers());

it('is right without being told when the own clock is', () => {
  const clock = new HubClock(() => 0);
  expect([clock.known, clock.now()]).toEqual([true, 1_000_000]);
});

it('is not known while the own clock is wrong and no heartbeat was answered, nor when that was set', () => {
  const clock = hourFast();
  expect(clock.known).toBe(false);
  clock.learn(clock.own(), 1_000_000);
  expect([clock.known, clock.now()]).toEqual([true, 1_000_000]);
  clock.forget();
  expect(clock.known).toBe(false);
});

it.each([0, 200, 900])('is never behind the hub, and at most a round trip ahead, when that took %i ms', (back) => {
  const clock = hourFast();
  const sentAt = clock.own();
  jest.advanceTimersByTime(300);
  const serverTime = Date.now();
  jest.advanceTimersByTime(back);
  clock.learn(sentAt, serverTime);
  expect(clock.now() - Date.now()).toBe(300);
});

it('does not take the time from a slow heartbeat when it knows better', () => {
  const clock = hourFast();
  clock.learn(clock.own(), Date.now());
  const sentAt = clock.own();
  jest.advanceTimersByTime(4_000);
  clock.learn(sentAt, Date.now());
  expect(clock.now()).toBe(Date.now());
});

it('does not let a slow heartbeat set a clock that is right', () => {
  const clock = new HubClock(() => 0);
  jest.advanceTimersByTime(4_000);
  clock.learn(1_000_000, Date.now());
  expect(clock.now()).toBe(Date.now());
});

it('takes it from a slow one rather than knowing nothing', () => {
  const clock = hourFast();
  const sentAt = clock.own();
  jest.advanceTimersByTime(4_000);
  clock.learn(sentAt, Date.now());
  expect(clock.now() - Date.now()).toBe(4_000);
});
