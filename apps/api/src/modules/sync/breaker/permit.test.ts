import type { CallOutcome } from './breaker-policy';
import { Permit } from './permit';

function permit() {
  const settled: CallOutcome[] = [];
  const fired: unknown[] = [];
  const given = new Permit({
    async fire(work) {
      await work().then(
        () => fired.push('resolved'),
        (error: unknown) => {
          fired.push('rejected');
          throw error;
        },
      );
    },
    async settle(outcome) {
      settled.push(outcome);
    },
  });
  return { given, settled, fired };
}

it.each<[CallOutcome, string]>([
  ['success', 'resolved'],
  ['uncounted', 'resolved'],
  ['failure', 'rejected'],
])('gives the result of a call that is a %s, tells the breaker, and the circuit', async (outcome, told) => {
  const { given, settled, fired } = permit();
  expect(
    await given.call(
      () => Promise.resolve(7),
      () => outcome,
    ),
  ).toBe(7);
  expect(settled).toEqual([outcome]);
  expect(fired).toEqual([told]);
});

it('lets a failure of the hub itself pass, and does not count it', async () => {
  const { given, settled } = permit();
  const failure = new Error('a defect');
  await expect(
    given.call(
      () => Promise.reject(failure),
      () => 'success',
    ),
  ).rejects.toBe(failure);
  expect(settled).toEqual(['uncounted']);
});

it('is for one call', async () => {
  const { given, settled } = permit();
  await given.call(
    () => Promise.resolve(1),
    () => 'success',
  );
  await expect(
    given.call(
      () => Promise.resolve(2),
      () => 'success',
    ),
  ).rejects.toThrow('one call');
  expect(settled).toEqual(['success']);
});

it('is given back once when it was not used, and not when it was', async () => {
  const unused = permit();
  await unused.given.release();
  await unused.given.release();
  expect(unused.settled).toEqual(['uncounted']);
  const used = permit();
  await used.given.call(
    () => Promise.resolve(1),
    () => 'failure',
  );
  await used.given.release();
  expect(used.settled).toEqual(['failure']);
});
