import type { Verdict } from '@repo/contracts/verdicts';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareRows, type PreparedBatch, type PreparedRows } from './prepare-rows';
import { pushRows } from './push-rows';

/** Batches with these keys. */
async function batchesOf(...keys: string[][]): Promise<PreparedRows> {
  const prepared = await prepareRows(
    'items',
    keys.flat().map((sku) => ({ sku, contentHash: 'h' })),
    () => {},
  );
  return { ...prepared, batches: keys.map((of) => ({ keys: of, hashes: of.map(() => 'h'), body: new Uint8Array() })) };
}

/** A hub that needs a while, and remembers which batches it had at the same time. */
class SlowHub {
  readonly underWay: string[] = [];
  readonly seen: string[] = [];

  async pushPrepared(_: string, { keys }: PreparedBatch): Promise<Verdict[]> {
    const name = keys.join('+');
    this.underWay.push(name);
    this.seen.push([...this.underWay].sort().join(' | '));
    await sleep(20);
    this.underWay.splice(this.underWay.indexOf(name), 1);
    return keys.map((key, index) => ({ index, key, status: 'processed', change: 'created' }));
  }
}

it('pushes a few batches at once and gives their outcomes in the order of the rows', async () => {
  const hub = new SlowHub();
  const replies: number[] = [];
  const result = await pushRows(hub, await batchesOf(['A', 'B'], ['C'], ['D'], ['E']), (tally) => replies.push(tally.rows));
  expect(hub.seen.slice(0, 3)).toEqual(['A+B', 'A+B | C', 'A+B | C | D']);
  expect(result.outcomes).toEqual([['created', 'created'], ['created'], ['created'], ['created']]);
  expect(result.tally.rows).toBe(5);
  expect(replies.at(-1)).toBe(5);
});

it('never has two batches with the same key under way, and keeps their order', async () => {
  const hub = new SlowHub();
  await pushRows(hub, await batchesOf(['A', 'B'], ['B', 'C'], ['C', 'D'], ['E']), () => {});
  expect(hub.seen.filter((together) => /A\+B.*B\+C|B\+C.*C\+D/.test(together))).toEqual([]);
  const first = (name: string) => hub.seen.findIndex((together) => together.includes(name));
  expect(first('A+B')).toBeLessThan(first('B+C'));
  expect(first('B+C')).toBeLessThan(first('C+D'));
});

it('keeps one example of each reason for which rows fail', async () => {
  const verdicts: Verdict[] = [
    { index: 0, key: null, status: 'failed', reason: 'invalid', detail: 'sku: must not be empty' },
    { index: 1, key: 'B', status: 'failed', reason: 'invalid', detail: 'name: is required' },
    { index: 2, key: 'C', status: 'failed', reason: 'unmapped_unit', detail: 'no mapping for unit code "BX"', parked: true },
  ];
  const { examples } = await pushRows({ pushPrepared: () => Promise.resolve(verdicts) }, await batchesOf(['A', 'B', 'C']), () => {});
  expect([...examples]).toEqual([
    ['invalid', 'row 0 of a request: sku: must not be empty'],
    ['unmapped_unit', '"C": no mapping for unit code "BX"'],
  ]);
});
