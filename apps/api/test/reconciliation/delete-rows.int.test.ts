import { randomUUID } from 'node:crypto';
import { rowDigestHex } from '@repo/contracts/digest';
import { requestRuns } from '@repo/shared/database/reconciliation/request-runs';
import { endRun, takeRun, type TakenRun } from '@repo/shared/database/reconciliation/run-lease';
import { inTransaction } from '@repo/shared/database/transaction';
import { deleteRows } from '../../src/modules/sync/reconciliation/heal/delete-rows';
import { Tally } from '../../src/modules/sync/reconciliation/run/tally';
import { RunAbandoned } from '../../src/modules/sync/reconciliation/talk/end-of-run';
import { openTestDatabase, type TestDatabase } from '../mappings/mapping-fixture';
import { ingestParts } from '../support/ingest-parts';
import { warehouse } from '../support/rows';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.drop());

const LEASE_MS = 60_000;
const entity = 'warehouses';

/** A run of a vendor with one row, which the agent says is missing when it is asked for it; `meanwhile` comes before its answer. */
async function deleting(vendorId: string, meanwhile: () => Promise<unknown>) {
  const { ingest } = ingestParts(database);
  const row = warehouse('W1');
  const push = () => ingest.push(vendorId, entity, [row], { needsLook: false, show: 'all' });
  await push();
  const run = await takeNext(vendorId);
  const rows = async (keys: readonly string[]) => {
    await meanwhile();
    return { rows: new Map<string, unknown>(), missing: [...keys], unanswered: [] };
  };
  const parts = { vendorId, entity, talk: { rows }, ingest, tally: new Tally(), pool: database.pool, run, mostPercent: undefined } as const;
  return { push, delete: () => deleteRows(parts, [{ key: 'W1', hub: rowDigestHex('W1', row['contentHash'] as string) }]) };
}

/** Takes the run of a vendor, which is opened where none is. */
async function takeNext(vendorId: string): Promise<TakenRun> {
  const [open] = await requestRuns(database.pool, [{ vendorId, entity }], { cause: 'manual', force: true, correlationId: 'c' });
  if (open === undefined) throw new Error('no run was opened');
  const taken = await takeRun(database.pool, open, { token: randomUUID(), durationMs: LEASE_MS });
  if (taken === undefined) throw new Error('the run was not to be had');
  return taken;
}

async function isLive(vendorId: string): Promise<boolean> {
  const { rowCount } = await database.pool.query('select from warehouses where vendor_id = $1 and deleted_at is null', [vendorId]);
  return rowCount === 1;
}

it('deletes what only the hub has', async () => {
  const run = await deleting('honest', async () => undefined);
  expect(await run.delete()).toBe(true);
  expect(await isLive('honest')).toBe(false);
});

it('deletes nothing when the run was ended by another worker while the agent answered, and the row came again since', async () => {
  const vendorId = 'slow';
  const slow = await deleting(vendorId, async () => {
    await database.pool.query('update reconciliation_runs set lease_until = clock_timestamp() where vendor_id = $1', [vendorId]);
    // The second time the one that follows it.
    for (let ended = 0; ended < 2; ended++) {
      const other = await takeNext(vendorId);
      await inTransaction(database.pool, 'begin', (client) =>
        endRun(client, other, { outcome: 'unresolved', erpRoot: null, hubRoot: null }),
      );
    }
    // Unchanged, and no run is open that would have it touched.
    expect(await slow.push()).toMatchObject({ skipped: 1 });
  });
  await expect(slow.delete()).rejects.toThrow(RunAbandoned);
  expect(await isLive(vendorId)).toBe(true);
});
