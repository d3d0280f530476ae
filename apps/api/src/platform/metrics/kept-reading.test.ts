import { KeptReading } from './kept-reading';

it('looks once for all who ask within five seconds, and again after them', async () => {
  let [looks, now] = [0, 0];
  const reading = new KeptReading(
    async () => ++looks,
    () => now,
  );
  expect(await Promise.all([reading.get(), reading.get()])).toEqual([1, 1]);
  now = 5_000;
  expect(await reading.get()).toBe(1);
  now = 5_001;
  expect(await reading.get()).toBe(2);
});

it('does not keep a look that failed', async () => {
  let looks = 0;
  const reading = new KeptReading(async () => {
    if (++looks === 1) throw new Error('away');
    return looks;
  });
  await expect(reading.get()).rejects.toThrow('away');
  expect(await reading.get()).toBe(2);
});

it('leaves a scrape without an answer in time, and asks what hangs only once until it must be lost', async () => {
  const answers: ((value: number) => void)[] = [];
  let now = 0;
  const reading = new KeptReading(
    () => new Promise<number>((resolve) => answers.push(resolve)),
    () => now,
    5,
  );
  for (now of [0, 5_001, 35_000]) await expect(reading.get()).rejects.toThrow('no answer');
  expect(answers).toHaveLength(1);
  now = 35_001;
  await expect(reading.get()).rejects.toThrow('no answer');
  expect(answers).toHaveLength(2);
  // The one that was given up says nothing any more.
  answers[0]?.(1);
  answers[1]?.(2);
  expect(await reading.get()).toBe(2);
});
