import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { FileLedger, LedgerFault } from './file-ledger';
import { MemoryLedger } from './memory-ledger';
import type { LedgerJob, OrderLedger } from './order-ledger';

const DAY = 86_400_000;
let folder: string;
let name: string;
const opened: FileLedger[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-'));
  name = path.join(folder, 'orders.jsonl');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
  await rm(folder, { recursive: true });
});

async function openLedger(options?: Parameters<typeof FileLedger.open>[1]): Promise<FileLedger> {
  const ledger = await FileLedger.open(name, options);
  opened.push(ledger);
  return ledger;
}
async function closeLedger(ledger: FileLedger): Promise<void> {
  opened.splice(opened.indexOf(ledger), 1);
  await ledger.close();
}

const job = (jobId: string, more: Partial<LedgerJob> = {}): LedgerJob => ({
  jobId,
  orderId: `order-${jobId}`,
  orderNumber: `SO-${jobId}`,
  operation: 'create_order',
  attempt: 1,
  acceptedAt: 1_000,
  ...more,
});
const DONE = { erpReference: 'ERP-1', metadata: { depot: 'Sète' } };
const NO = { error: 'no such customer – 寿司', retryable: false };

/** Everything that can happen to jobs. */
async function write(ledger: OrderLedger): Promise<void> {
  await ledger.accept(job('open'));
  await ledger.accept(job('submitted'));
  await ledger.submitted('submitted');
  await ledger.accept(job('done'));
  await ledger.complete('done', DONE, { attempt: 2, callbackOwed: true });
  await ledger.accept(job('told'));
  await ledger.complete('told', DONE, { attempt: 1, callbackOwed: true });
  await ledger.callbackTaken('told', 1);
  await ledger.accept(job('failed', { operation: 'cancel_order' }));
  await ledger.fail('failed', NO, { attempt: 1, callbackOwed: false });
  await ledger.accept(job('forgotten'));
  await ledger.forget('forgotten');
}

async function expectWritten(ledger: OrderLedger): Promise<void> {
  expect(await ledger.get('open')).toEqual({ ...job('open'), state: { status: 'accepted', submitted: false }, callbackOwed: false });
  expect(await ledger.get('submitted')).toMatchObject({ state: { status: 'accepted', submitted: true } });
  expect(await ledger.get('done')).toEqual({ ...job('done'), attempt: 2, state: { status: 'completed', ...DONE }, callbackOwed: true });
  expect(await ledger.get('told')).toMatchObject({ state: { status: 'completed' }, callbackOwed: false });
  expect(await ledger.get('failed')).toMatchObject({ operation: 'cancel_order', state: { status: 'failed', ...NO }, callbackOwed: false });
  expect(await ledger.get('forgotten')).toBeUndefined();
  expect((await ledger.unfinished()).map(({ jobId }) => jobId)).toEqual(['open', 'submitted']);
  expect((await ledger.owed()).map(({ jobId }) => jobId)).toEqual(['done']);
}

it.each([
  ['in memory', () => Promise.resolve(new MemoryLedger())],
  ['in a file', () => openLedger()],
])('a ledger %s knows what became of every job', async (_, make) => {
  const ledger = await make();
  await write(ledger);
  await expectWritten(ledger);
  // A callback about an earlier try says nothing about this one.
  await ledger.callbackTaken('done', 1);
  expect((await ledger.owed()).map(({ jobId }) => jobId)).toEqual(['done']);
  // And a new try is open again.
  await ledger.accept(job('failed', { attempt: 2 }));
  expect(await ledger.get('failed')).toMatchObject({ attempt: 2, state: { status: 'accepted', submitted: false } });
});

describe('a ledger in a file', () => {
  it('is the same after the process ended, also when it was written anew', async () => {
    await write(await openLedger());
    const read = await openLedger({ now: () => 1_000 });
    await expectWritten(read);
    await closeLedger(read);
    const dropping = await openLedger({ now: () => 1_000 + 91 * DAY });
    expect((await dropping.unfinished()).map(({ jobId }) => jobId)).toEqual(['open', 'submitted']);
    expect((await dropping.owed()).map(({ jobId }) => jobId)).toEqual(['done']);
    expect(await dropping.get('told')).toBeUndefined();
    await dropping.accept(job('next'));
    await closeLedger(dropping);
    expect(await (await openLedger()).get('next')).toBeDefined();
    expect((await readFile(name, 'utf8')).split('\n').filter((line) => line !== '')).toHaveLength(1 + 1 + 2 + 2 + 1);
  });

  it('is short again when it is opened after many changes', async () => {
    const ledger = await openLedger({ now: () => 1_000 });
    await ledger.accept(job('open'));
    await Promise.all(Array.from({ length: 1_200 }, () => ledger.submitted('open')));
    await closeLedger(ledger);
    await openLedger({ now: () => 1_000 });
    expect((await readFile(name, 'utf8')).split('\n')).toHaveLength(1 + 2 + 1);
  });

  it('has everything that resolved, however it was cut off, and can be written on', async () => {
    const first = await openLedger();
    const sizes: number[] = [];
    for (let n = 0; n < 2; n += 1) {
      await first.accept(job(`é${n}`));
      sizes.push((await readFile(name)).length);
    }
    await closeLedger(first);
    const whole = await readFile(name);
    // Everywhere in the header and in the last line.
    for (let size = 0; size <= whole.length; size += size < 20 || size >= (sizes[0] ?? 0) - 2 ? 1 : 20) {
      await writeFile(name, whole);
      await truncate(name, size);
      const cut = await openLedger();
      expect(await cut.unfinished()).toHaveLength(sizes.filter((bytes) => bytes <= size).length);
      await cut.accept(job('next'));
      await closeLedger(cut);
      if (size % 10 !== 0) continue;
      const again = await openLedger();
      expect(await again.get('next')).toBeDefined();
      await closeLedger(again);
    }
  });

  it('keeps changes that come at once, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 9 })), { maxLength: 60 }),
        async (changes) => {
          await rm(name, { force: true });
          const ledger = await openLedger();
          await Promise.all(changes.map(([jobId, attempt]) => ledger.accept(job(jobId, { attempt }))));
          const before = await ledger.unfinished();
          await closeLedger(ledger);
          const again = await openLedger();
          expect(await again.unfinished()).toEqual(before);
          for (const { jobId, attempt } of before) expect(attempt).toBe(changes.findLast(([id]) => id === jobId)?.[1]);
          await closeLedger(again);
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each([
    ['a line that is none', '{"did":"accept"}\n'],
    ['half a line in the middle', '{"did":"acc\n{"did":"forget","jobId":"x"}\n'],
  ])('is not opened with %s', async (_, lines) => {
    await closeLedger(await openLedger());
    await appendFile(name, lines);
    await expect(openLedger()).rejects.toThrow(LedgerFault);
    await expect(openLedger()).rejects.toThrow(/line 2/);
  });

  it.each(['{"orderLedger":2}\n', 'my notes\n', 'my notes'])('is not made of %j', async (content) => {
    await writeFile(name, content);
    await expect(openLedger()).rejects.toThrow(LedgerFault);
    expect(await readFile(name, 'utf8')).toBe(content);
  });

  it('takes nothing more after the disk has failed, until it is opened again', async () => {
    const ledger = await openLedger();
    await ledger.accept(job('a'));
    const { file } = ledger as unknown as { file: { datasync: () => Promise<void> } };
    file.datasync = () => Promise.reject(new Error('EIO'));
    await expect(Promise.all([ledger.accept(job('b')), ledger.accept(job('c'))])).rejects.toThrow(LedgerFault);
    await expect(ledger.accept(job('d'))).rejects.toThrow(LedgerFault);
    expect(await ledger.get('b')).toBeUndefined();
    const again = await openLedger();
    expect(await again.get('a')).toBeDefined();
    expect(await again.get('d')).toBeUndefined();
  });
});
