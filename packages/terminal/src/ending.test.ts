import { Ending } from './ending';
import { Failure, Interrupted } from './failure';

it('says what was asked for, not what broke because of it', () => {
  const ending = new Ending();
  ending.request(new Interrupted('SIGINT', 130));
  ending.request(new Failure('later'));
  expect(ending.reason(new Error('fetch failed'))).toMatchObject({ exitCode: 130 });
});

it('makes one line of whatever broke by itself', () => {
  const reason = new Ending().reason(new Error('first\n  second'));
  expect(reason).toBeInstanceOf(Failure);
  expect(reason.message).toBe('first second');
});

it('cuts pauses short and lets no new one begin', async () => {
  const ending = new Ending();
  const pause = ending.pause(60_000);
  ending.request(new Interrupted('SIGTERM', 143));
  await expect(pause).rejects.toThrow();
  await expect(ending.pause(1)).rejects.toThrow('interrupted by SIGTERM');
  await expect(ending.requested()).resolves.toBeInstanceOf(Interrupted);
});
