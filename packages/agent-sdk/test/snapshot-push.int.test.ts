import { digestRow, formatDigest } from '@repo/contracts/digest';
import { pushItems } from '@repo/contracts/operations/ingest-operations';
import { abandonSnapshot, beginSnapshot, commitSnapshot } from '@repo/contracts/operations/snapshot-operations';
import type { Row } from '../src/entity-rows';
import { SnapshotIncomplete, SnapshotPush, type SnapshotPushOptions } from '../src/push/snapshot-push';
import { ok, problem, type TakenRequest } from './support/fake-hub';
import { useHub } from './support/use-hub';

const use = useHub();
const ID = '019b0000-0000-7000-8000-000000000001';
const TIME = '2026-01-31T08:30:00.000Z';
const OPTIONS: SnapshotPushOptions = { size: 'incremental', retry: { baseMs: 1, maxMs: 2 } };
const item = (sku: string, contentHash = 'h'): Row => ({ sku, name: sku, contentHash, lastSyncedAt: TIME });
const digestOf = (rows: readonly (readonly [string, string])[]) =>
  formatDigest(rows.reduce((sum, [key, hash]) => sum + digestRow(key, hash).r, 0n));

/** What the hub saw in the snapshot: the last hash of each key. */
let seen: Map<string, string>;
beforeEach(() => {
  seen = new Map();
  use.hub.on(beginSnapshot, () => ({ status: 201, body: { snapshotId: ID, entity: 'items', startedAt: TIME, expiresAt: TIME } }));
  use.hub.on(pushItems, (request) => taken(request));
  use.hub.on(commitSnapshot, ({ body }) => {
    const said = body as { count: number; digest: string };
    if (said.count !== seen.size) return problem(409, 'count_mismatch');
    return said.digest === digestOf([...seen]) ? ok({ tombstoned: 0, present: seen.size }) : problem(409, 'digest_mismatch');
  });
  use.hub.on(abandonSnapshot, () => ({ status: 204 }));
});

function taken({ body, headers }: TakenRequest) {
  const rows = (body as { items: { sku?: string; contentHash: string }[] }).items;
  for (const { sku, contentHash } of rows) if (sku !== undefined && headers['x-snapshot-id'] === ID) seen.set(sku, contentHash);
  return ok({ processed: rows.length, skipped: 0, failed: 0, results: [] });
}

it('commits with the distinct keys that arrived, and the last hash of each', async () => {
  const snapshot = await SnapshotPush.begin(use.client, 'items');
  const rows = Array.from({ length: 1_100 }, (_, n) => item(`A-${n % 900}`, `h${n}`));
  await snapshot.push([...rows, { name: 'no key' }], OPTIONS);
  await snapshot.push([item('A-1', 'again'), item('Käse', 'h')], OPTIONS);
  expect(await snapshot.commit()).toEqual({ tombstoned: 0, present: 901 });
});

it('does not count what did not arrive', async () => {
  const snapshot = await SnapshotPush.begin(use.client, 'items');
  let cut = false;
  use.hub.on(pushItems, (request) => (cut ? problem(400, 'invalid_request') : ((cut = true), taken(request))));
  const rows = Array.from({ length: 700 }, (_, n) => item(`A-${n}`));
  await expect(snapshot.push(rows, { ...OPTIONS, concurrency: 1 })).rejects.toMatchObject({ failure: { kind: 'refused' } });
  expect(await snapshot.commit()).toEqual({ tombstoned: 0, present: 500 });
});

it('is not committed while a row was too large to be sent', async () => {
  const snapshot = await SnapshotPush.begin(use.client, 'items');
  use.hub.on(pushItems, (request) => (request.bytes > 2_000 ? problem(413, 'payload_too_large') : taken(request)));
  await snapshot.push([item('A-1'), { ...item('A-2'), description: 'x'.repeat(3_000) }], OPTIONS);
  await expect(snapshot.commit()).rejects.toThrow(SnapshotIncomplete);
  await snapshot.push([item('A-2', 'short')], OPTIONS);
  expect(await snapshot.commit()).toEqual({ tombstoned: 0, present: 2 });
});

it('is given up once, whether or not the hub hears of it', async () => {
  const snapshot = await SnapshotPush.begin(use.client, 'items');
  await snapshot.abandon();
  use.hub.on(abandonSnapshot, () => 'drop');
  await snapshot.abandon();
  expect(use.hub.of(abandonSnapshot)).toHaveLength(2);
});
