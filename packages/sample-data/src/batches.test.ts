import { batches } from './batches';

async function* later(count: number) {
  for (let n = 1; n <= count; n += 1) yield await Promise.resolve(n);
}

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

describe('batches', () => {
  it('keeps the order and leaves what is over for a last, shorter batch', async () => {
    expect(await collect(batches([1, 2, 3, 4, 5], 2))).toEqual([[1, 2], [3, 4], [5]]);
    expect(await collect(batches(later(4), 2))).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('gives no batch for no rows', async () => {
    expect(await collect(batches([], 2))).toEqual([]);
    expect(await collect(batches(later(0), 2))).toEqual([]);
  });

  it('reads no further ahead than the batch that was asked for', async () => {
    let made = 0;
    function* counted() {
      for (;;) yield (made += 1);
    }
    const reading = batches(counted(), 3);
    await reading.next();
    expect(made).toBe(3);
  });

  it.each([0, -1, 1.5])('refuses a size of %p', async (size) => {
    await expect(collect(batches([1], size))).rejects.toThrow(RangeError);
  });
});
