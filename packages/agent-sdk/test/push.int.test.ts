import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pushItems, pushItemsBatch, pushStock } from '@repo/contracts/operations/ingest-operations';
import type { IngestReply, Verdict } from '@repo/contracts/verdicts';
import type { Row } from '../src/entity-rows';
import { pushRows, type PushOptions } from '../src/push/push-rows';
import type { AnsweredBatch } from '../src/push/verdicts';
import { eventually } from './support/eventually';
import { ok, problem, type Said, type TakenRequest } from './support/fake-hub';
import { useHub } from './support/use-hub';

const use = useHub();
const ID = '019b0000-0000-7000-8000-000000000001';
const OPTIONS: PushOptions = { size: 'incremental', retry: { baseMs: 1, maxMs: 2 } };

const item = (n: number): Row => ({ sku: `A-${n}`, name: `Crème brûlée ${n}`, contentHash: 'h', lastSyncedAt: '2026-01-31T08:30:00Z' });
const items = (count: number) => Array.from({ length: count }, (_, n) => item(n));
const rowsOf = ({ body }: TakenRequest) => (body as { items: { sku: string }[] }).items;
/** What the hub says when it has written all rows but those that it judges otherwise. */
function written(request: TakenRequest, results: Verdict[] = []): Said {
  const failed = results.filter(({ status }) => status === 'failed').length;
  const skipped = results.length - failed;
  return ok({ processed: rowsOf(request).length - results.length, skipped, failed, results } satisfies IngestReply);
}
/** Gives rows one by one, and counts them. */
function source(rows: readonly Row[]) {
  const seen = { read: 0, closed: false };
  async function* read() {
    try {
      for (const row of rows) {
        seen.read += 1;
        yield row;
      }
    } finally {
      seen.closed = true;
    }
  }
  return { seen, rows: read() };
}
/** Holds the replies of the hub until they are let go. */
function held() {
  const waiting: (() => void)[] = [];
  const hold = async (request: TakenRequest) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return written(request);
  };
  return { waiting, hold, next: () => waiting.shift()?.() };
}

it('sends every row once, in batches of 500, asking for problems only', async () => {
  use.hub.on(pushItems, (request) => written(request));
  const totals = await pushRows(use.client, 'items', source(items(1_200)).rows, OPTIONS);
  expect(totals).toEqual({ rows: 1_200, batches: 3, processed: 1_200, skipped: 0, failed: 0, reasons: {} });
  expect(use.hub.requests.map((request) => rowsOf(request).length).sort((one, other) => one - other)).toEqual([200, 500, 500]);
  expect(use.hub.requests.every(({ query, headers }) => query['results'] === 'problems' && headers['content-encoding'] === 'gzip')).toBe(
    true,
  );
  expect(new Set(use.hub.requests.flatMap(rowsOf).map(({ sku }) => sku)).size).toBe(1_200);
});

it('sends 5,000 rows a batch, and the snapshot with it, when everything goes', async () => {
  use.hub.on(pushItemsBatch, (request) => written(request));
  await pushRows(use.client, 'items', items(5_001), { ...OPTIONS, size: 'full', snapshotId: ID });
  expect(use.hub.requests.map((request) => rowsOf(request).length).sort((one, other) => one - other)).toEqual([1, 5_000]);
  expect(use.hub.requests.map(({ headers }) => headers['x-snapshot-id'])).toEqual([ID, ID]);
});

it('sends nothing when there is nothing', async () => {
  expect(await pushRows(use.client, 'items', [], OPTIONS)).toMatchObject({ rows: 0, batches: 0 });
});

it('keeps batches below the bytes that a request may have, whatever the letters', async () => {
  use.hub.on(pushItems, (request) => written(request));
  const rows = items(400).map((row) => ({ ...row, description: 'é🍣'.repeat(5_000) }));
  await pushRows(use.client, 'items', rows, OPTIONS);
  expect(use.hub.requests.flatMap(rowsOf)).toHaveLength(400);
  expect(Math.max(...use.hub.requests.map(({ bytes }) => bytes))).toBeLessThanOrEqual(5 * 1024 * 1024);
  // And fills them.
  expect(use.hub.requests).toHaveLength(3);
});

it('tells of every batch: its keys, and what became of the rows that were not simply written', async () => {
  use.hub.on(pushStock, ({ body }) => {
    const rows = (body as { stock: Row[] }).stock;
    const results: Verdict[] = [
      { index: 1, key: 'W1\u001fA-1', status: 'failed', reason: 'item_not_found', detail: 'no item', parked: true },
      { index: 2, key: null, status: 'failed', reason: 'invalid', detail: 'sku: is required' },
    ];
    return ok({ processed: rows.length - 2, skipped: 0, failed: 2, results });
  });
  const told: AnsweredBatch[] = [];
  const level = (sku?: string) => ({ erpWarehouseId: 'W1', sku });
  const rows = [level('A-0'), level('A-1'), level(), level('A-3'), level('A-4'), level()];
  const limits = { rows: 3 };
  const totals = await pushRows(use.client, 'stock', rows, {
    ...OPTIONS,
    limits,
    concurrency: 1,
    onVerdicts: (batch) => void told.push(batch),
  });
  expect(told).toEqual([
    {
      first: 0,
      keys: ['W1\u001fA-0', 'W1\u001fA-1', null],
      verdicts: [
        { position: 1, key: 'W1\u001fA-1', status: 'failed', reason: 'item_not_found', detail: 'no item', parked: true },
        { position: 2, key: null, status: 'failed', reason: 'invalid', detail: 'sku: is required', parked: false },
      ],
    },
    {
      first: 3,
      keys: ['W1\u001fA-3', 'W1\u001fA-4', null],
      verdicts: [expect.objectContaining({ position: 4 }), expect.objectContaining({ position: 5 })],
    },
  ]);
  expect(totals).toEqual({ rows: 6, batches: 2, processed: 2, skipped: 0, failed: 4, reasons: { item_not_found: 2, invalid: 2 } });
});

describe('back-pressure', () => {
  it('reads no more of the source than is under way', async () => {
    const { waiting, hold, next } = held();
    use.hub.on(pushItems, hold);
    const { seen, rows } = source(items(100));
    const pushed = pushRows(use.client, 'items', rows, { ...OPTIONS, limits: { rows: 10 }, concurrency: 3 });
    for (let batch = 3; batch <= 10; batch += 1) {
      await eventually('as many batches as may be', () => waiting.length === 3 && seen.read >= batch * 10);
      expect(seen.read).toBe(batch * 10);
      next();
    }
    while (waiting.length > 0) next();
    expect(await pushed).toMatchObject({ rows: 100 });
  });

  it('lets go of batches that were sent', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const sent: WeakRef<readonly string[]>[] = [];
    const client = {
      awayMs: () => 0,
      ingestTexts: (_: string, texts: readonly string[]) => {
        sent.push(new WeakRef(texts));
        return Promise.resolve({ processed: texts.length, skipped: 0, failed: 0, results: [] });
      },
    };
    let alive = 0;
    async function* rows() {
      for (let n = 0; n < 400; n += 1) yield item(n);
      await new Promise(setImmediate);
      gc();
      alive = sent.filter((batch) => batch.deref() !== undefined).length;
    }
    await pushRows(client, 'items', rows(), { ...OPTIONS, limits: { rows: 10 }, concurrency: 2 });
    expect(sent).toHaveLength(40);
    expect(alive).toBeLessThanOrEqual(4);
  });

  it('waits for whoever is told of verdicts', async () => {
    use.hub.on(pushItems, (request) => written(request));
    const { seen, rows } = source(items(100));
    let busy = 0;
    let most = 0;
    const onVerdicts = async () => {
      busy += 1;
      most = Math.max(most, busy);
      await new Promise(setImmediate);
      busy -= 1;
      expect(seen.read).toBeLessThanOrEqual((use.hub.requests.length + 4) * 10);
    };
    await pushRows(use.client, 'items', rows, { ...OPTIONS, limits: { rows: 10 }, concurrency: 4, onVerdicts });
    expect(most).toBe(1);
  });
});

it('does not let a later row of a key overtake an earlier one', async () => {
  const { waiting, hold, next } = held();
  use.hub.on(pushItems, hold);
  const rows = [item(1), item(2), { ...item(1), name: 'newer' }, item(3)];
  const pushed = pushRows(use.client, 'items', rows, { ...OPTIONS, limits: { rows: 1 }, concurrency: 4 });
  await eventually('all others', () => waiting.length === 3);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(
    use.hub.requests
      .flatMap(rowsOf)
      .map(({ sku }) => sku)
      .sort(),
  ).toEqual(['A-1', 'A-2', 'A-3']);
  while (waiting.length > 0) next();
  await eventually('the newer one', () => waiting.length === 1);
  expect(use.hub.requests.flatMap(rowsOf).at(-1)).toMatchObject({ sku: 'A-1', name: 'newer' });
  next();
  await pushed;
});

describe('a hub that does not take a batch', () => {
  it('gets it again when it was away', async () => {
    const said: (Said | undefined)[] = ['drop', problem(503, 'unavailable'), { status: 502, text: '' }];
    use.hub.on(pushItems, (request) => said.shift() ?? written(request));
    expect(await pushRows(use.client, 'items', items(10), OPTIONS)).toMatchObject({ rows: 10, batches: 1 });
    expect(use.hub.requests).toHaveLength(4);
  });

  it('holds back everything for as long as a rate limit says, and that spends no try', async () => {
    const { waiting, hold, next } = held();
    const arrived: number[] = [];
    use.hub.on(pushItems, async (request) => {
      arrived.push(performance.now());
      if (arrived.length > 3) return written(request);
      await hold(request);
      return problem(429, 'rate_limited', { headers: { 'retry-after': '1' } });
    });
    const retry = { attempts: 1, baseMs: 1, maxMs: 2 };
    const pushed = pushRows(use.client, 'items', items(60), { ...OPTIONS, retry, limits: { rows: 10 }, concurrency: 3 });
    await eventually('three at once', () => waiting.length === 3);
    const refusedAt = performance.now();
    while (waiting.length > 0) next();
    expect(await pushed).toMatchObject({ rows: 60 });
    expect(arrived).toHaveLength(9);
    expect(Math.min(...arrived.slice(3)) - refusedAt).toBeGreaterThan(995);
  });

  it('gets halves when it is too large, in their order, down to the one row that does not fit', async () => {
    use.hub.on(pushItems, (request) => {
      const rows = rowsOf(request);
      if (rows.some(({ sku }) => sku === 'A-5'))
        return rows.length > 1 ? problem(413, 'payload_too_large') : { status: 413, text: '<html>' };
      return written(request);
    });
    const told: AnsweredBatch[] = [];
    const options = { ...OPTIONS, concurrency: 1, onVerdicts: (batch: AnsweredBatch) => void told.push(batch) };
    expect(await pushRows(use.client, 'items', items(8), options)).toMatchObject({
      rows: 8,
      processed: 7,
      failed: 1,
      reasons: { too_large: 1 },
    });
    expect(told.flatMap(({ keys }) => keys)).toEqual(items(8).map(({ sku }) => sku));
    expect(told.flatMap(({ verdicts }) => verdicts)).toEqual([
      { position: 5, key: 'A-5', status: 'failed', reason: 'too_large', detail: expect.any(String) as string, parked: false },
    ]);
  });

  it('ends the push when it refuses, and the source with it', async () => {
    use.hub.on(pushItems, () => problem(403, 'agent_disabled'));
    const { seen, rows } = source(items(1_000));
    const pushed = pushRows(use.client, 'items', rows, { ...OPTIONS, limits: { rows: 10 } });
    await expect(pushed).rejects.toMatchObject({ kind: 'refused', code: 'agent_disabled' });
    expect(seen.closed).toBe(true);
    expect(seen.read).toBeLessThan(100);
  });
});

describe('a push ends', () => {
  it('with what its source throws', async () => {
    use.hub.on(pushItems, (request) => written(request));
    async function* rows() {
      yield await Promise.resolve(item(1));
      throw new Error('the ERP is closed');
    }
    await expect(pushRows(use.client, 'items', rows(), OPTIONS)).rejects.toThrow('the ERP is closed');
  });

  it('with what is thrown at verdicts', async () => {
    use.hub.on(pushItems, (request) => written(request));
    const onVerdicts = () => Promise.reject(new Error('the disk is full'));
    await expect(pushRows(use.client, 'items', items(1_000), { ...OPTIONS, limits: { rows: 10 }, onVerdicts })).rejects.toThrow(
      'the disk is full',
    );
  });

  it('when it is aborted, even while its source says nothing', async () => {
    const abort = new AbortController();
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<Row>>(() => undefined) }) };
    const pushed = pushRows(use.client, 'items', silent, { ...OPTIONS, signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(pushed).rejects.toThrow('enough');
    await expect(pushRows(use.client, 'items', items(1), { ...OPTIONS, signal: abort.signal })).rejects.toThrow('enough');
    expect(use.hub.requests).toEqual([]);
  });
});
