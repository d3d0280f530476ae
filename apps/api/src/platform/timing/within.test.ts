import { NoAnswerError, within } from './within';

const never = () => new Promise<never>(() => undefined);

it('gives what the work gives, and fails as it fails', async () => {
  await expect(within(10_000, async () => 7)).resolves.toBe(7);
  await expect(within(10_000, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});

it('does not wait for work that never ends', async () => {
  await expect(within(5, never)).rejects.toThrow(new NoAnswerError(5));
});

it('leaves no timer behind', async () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  await within(60_000, async () => undefined);
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before);
});
