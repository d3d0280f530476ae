import { HubClock } from '../clock/hub-clock';
import { PollLoop } from './poll-loop';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('asks a hub that has long been away as often as heartbeats do, so that orders do not wait for it when it is back', async () => {
  let polls = 0;
  const poll = () => {
    polls += 1;
    return Promise.reject(new Error('the hub is away'));
  };
  const client = { poll, reply: () => Promise.reject(new Error('nothing is fetched')) };
  const answerer = { answerCall: () => Promise.reject(new Error('nothing is fetched')) };
  const loop = new PollLoop({ client, answerer, clock: new HubClock(), onError: () => undefined, random: () => 0.999 });
  loop.start();
  await jest.advanceTimersByTimeAsync(3_600_000);
  const before = polls;
  await jest.advanceTimersByTimeAsync(60_000);
  expect(polls - before).toBeGreaterThanOrEqual(3);
  expect(polls - before).toBeLessThanOrEqual(4);
  await loop.stop();
});
