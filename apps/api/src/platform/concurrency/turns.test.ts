import { Turns } from './turns';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('Turns', () => {
  it('runs work of one key in the order it came, also after a failure', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const first = turns.take('a', async () => {
      await pause(20);
      order.push('first');
      throw new Error('first fails');
    });
    const second = turns.take('a', async () => {
      order.push('second');
      return 2;
    });
    await expect(first).rejects.toThrow('first fails');
    await expect(second).resolves.toBe(2);
    expect(order).toEqual(['first', 'second']);
  });

  it('does not let keys wait for one another', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const slow = turns.take('a', async () => {
      await pause(20);
      order.push('a');
    });
    await turns.take('b', async () => {
      order.push('b');
    });
    await slow;
    expect(order).toEqual(['b', 'a']);
  });
});
