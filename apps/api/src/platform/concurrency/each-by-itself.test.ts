import { eachByItself } from './each-by-itself';

it('gives everyone their turn, and tells of all who failed at the end', async () => {
  const done: number[] = [];
  const failing = eachByItself([1, 2, 3, 4], async (n) => {
    if (n % 2 === 0) throw new Error(`no ${n}`);
    done.push(n);
  });
  await expect(failing).rejects.toMatchObject({ errors: [{ message: 'no 2' }, { message: 'no 4' }] });
  expect(done).toEqual([1, 3]);
  await expect(eachByItself([], async () => undefined)).resolves.toBeUndefined();
});
