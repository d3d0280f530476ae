import { setTimeout as sleep } from 'node:timers/promises';
import { BcryptTurns } from './bcrypt-turns';

it('runs no more than it may at once, and all of them in the end', async () => {
  const turns = new BcryptTurns(2);
  let running = 0;
  let most = 0;
  const work = async (result: number) => {
    most = Math.max(most, ++running);
    await sleep(1);
    running--;
    return result;
  };
  const results = await Promise.all(Array.from({ length: 20 }, (_, index) => turns.run('one', () => work(index))));
  expect(most).toBe(2);
  expect(results).toEqual(Array.from({ length: 20 }, (_, index) => index));
});

it('gives its place on after a failure', async () => {
  const turns = new BcryptTurns(1);
  const failing = turns.run('one', () => Promise.reject(new Error('no')));
  const next = turns.run('one', () => Promise.resolve('yes'));
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
  expect(await turns.run('one', () => Promise.resolve('again'))).toBe('again');
});

it('lets a single one overtake the queue of a flood', async () => {
  const turns = new BcryptTurns(1);
  const ended: string[] = [];
  const enter = (who: string) => turns.run(who, () => sleep(1)).then(() => ended.push(who));
  const flood = Array.from({ length: 50 }, () => enter('flood'));
  await Promise.all([...flood, enter('other')]);
  expect(ended.indexOf('other')).toBeLessThan(4);
});

it('refuses the flood when too many wait, and makes room for others', async () => {
  const turns = new BcryptTurns(1, 10);
  const enter = (who: string) =>
    turns
      .run(who, () => sleep(1))
      .then(
        () => `${who} ran`,
        (error: { code: string }) => `${who} ${error.code}`,
      );
  const outcomes = await Promise.all([...Array.from({ length: 15 }, () => enter('flood')), enter('other')]);
  expect(outcomes.filter((outcome) => outcome === 'flood rate_limited')).toHaveLength(5);
  expect(outcomes.at(-1)).toBe('other ran');
});
