/**
 * Does the same for one after the other. A failure of one, which may come back every time, does not hold up those behind it.
 * @throws AggregateError when all had their turn, and some failed
 */
export async function eachByItself<T>(all: Iterable<T>, work: (one: T) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  for (const one of all) {
    try {
      await work(one);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} failed: the others are done`);
}
