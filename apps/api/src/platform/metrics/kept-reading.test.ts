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
