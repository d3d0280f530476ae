import { Logger } from '@nestjs/common';
import { KEY_SEPARATOR, ENTITY_LIST, type Entity } from '@repo/contracts/primitives';
import { computeRoot, foldDeltas, readRoots } from '@repo/shared/database/ingest/digest-root';
import { inEntityTransaction } from '@repo/shared/database/ingest/entity-transaction';
import { tombstoneRows } from '@repo/shared/database/ingest/tombstone-rows';
import { checkRoot } from '@repo/shared/database/reconciliation/check-root';
import { readKeys } from '@repo/shared/database/reconciliation/read-keys';
import { cleanParked } from '@repo/shared/database/retention/clean-parked';
import { cleanTable } from '@repo/shared/database/retention/clean-table';
import { RETENTION_STEPS } from '@repo/shared/database/retention/retention-steps';
import { beginSnapshot } from '@repo/shared/database/snapshots/begin-snapshot';
import { deletePage } from '@repo/shared/database/snapshots/delete-page';
import { lockSnapshot } from '@repo/shared/database/snapshots/snapshot-state';
import fc from 'fast-check';
import { decideDeletes } from '../../src/modules/sync/snapshots/decide-deletes';
import { mapping, openTestDatabase, write, type TestDatabase } from '../mappings/mapping-fixture';
import { ingestParts } from '../support/ingest-parts';
import { at, item, stock, warehouse } from '../support/rows';

// Root and rows are compared after every step: whatever writes rows must change both alike, alone and beside others.

const RUNS = Number(process.env['RUNNING_ROOT_RUNS'] ?? 6);
let database: TestDatabase;
let parts: ReturnType<typeof ingestParts>;
beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await openTestDatabase();
  parts = ingestParts(database);
});
afterAll(() => database.drop());

const KEYS = 3;
// Items are what most can happen to.
const entity = fc.constantFrom<Entity>('items', 'items', 'items', 'stock', 'stock', 'warehouses');
const key = fc.integer({ min: 0, max: KEYS - 1 });
const row = fc.record({
  key,
  other: key,
  version: fc.integer({ min: 0, max: 2 }),
  time: fc.integer({ min: 0, max: 3 }),
  isMapped: fc.boolean(),
});
const rows = fc.array(row, { minLength: 1, maxLength: 5 });
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('push' as const), entity, rows, inSnapshot: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('heal' as const), entity, rows, isStale: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('map' as const), isActive: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), entity }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('begin' as const), entity }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('commit' as const), entity }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), entity, keys: fc.array(key), isTouched: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retain' as const), keys: fc.array(key) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fold' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type DrawnRow = typeof row extends fc.Arbitrary<infer R> ? R : never;

function rowOf(of: Entity, { key: n, other, version, time, isMapped }: DrawnRow): Record<string, unknown> {
  const more = { lastSyncedAt: at(time), contentHash: `v${version}` };
  if (of === 'items') return item(`A${n}`, { ...more, erpUnitCode: isMapped ? 'PCE' : 'BOX' });
  return of === 'warehouses' ? warehouse(`W${n}`, more) : stock(`A${n}`, `W${other}`, more);
}
const keysOf = (of: Entity, drawn: readonly number[]): string[] => {
  if (of === 'stock') return drawn.flatMap((n) => Array.from({ length: KEYS }, (_, w) => `W${w}${KEY_SEPARATOR}A${n}`));
  return drawn.map((n) => (of === 'items' ? `A${n}` : `W${n}`));
};

/** One vendor's snapshots that are open, and everything that can be done to its rows. */
class Vendor {
  private readonly open = new Map<Entity, string>();

  constructor(private readonly vendorId: string) {}

  async take(step_: Step): Promise<void> {
    const { vendorId } = this;
    const { pool, db } = database;
    switch (step_.do) {
      case 'push': {
        const snapshotId = step_.inSnapshot ? this.open.get(step_.entity) : undefined;
        const sent = step_.rows.map((each) => rowOf(step_.entity, each));
        await this.unlessClosed(parts.ingest.push(vendorId, step_.entity, sent, { needsLook: false, show: 'all', snapshotId }));
        return;
      }
      case 'heal': {
        const counted = await readKeys(pool, vendorId, step_.entity, ['']);
        const sent = new Map(step_.rows.map((each) => [each.key, rowOf(step_.entity, each)]));
        const compared = step_.isStale ? new Map([...counted].map(([name]) => [name, '0'.repeat(16)])) : counted;
        await parts.ingest.heal(vendorId, step_.entity, [...sent.values()], compared);
        return;
      }
      case 'map':
        await write(database, vendorId, [{ ...mapping('unit', 'BOX', 'BOX'), isActive: step_.isActive }]);
        return parts.applying.applyPending(vendorId);
      case 'replay':
        return parts.parked.replay(vendorId, step_.entity);
      case 'begin':
        this.open.set(step_.entity, (await db.transaction((tx) => beginSnapshot(tx, vendorId, step_.entity))).id);
        return;
      case 'commit':
        return this.commit(step_.entity);
      case 'delete': {
        const untouchedSince = new Date(step_.isTouched ? 0 : '2100-01-01');
        await inEntityTransaction(pool, vendorId, step_.entity, 'alone', (client) =>
          tombstoneRows(client, vendorId, step_.entity, keysOf(step_.entity, step_.keys), { untouchedSince }),
        );
        return;
      }
      case 'retain': {
        for (const table of ['stock', 'items', 'warehouses'] as const) await this.retain(table, keysOf(table, step_.keys));
        return;
      }
      case 'fold':
        await foldDeltas(pool, 3);
    }
  }

  /** Removes what is deleted, and the parked rows of these keys, as if all of it had been so for long. */
  private async retain(of: Entity, keys: readonly string[]): Promise<void> {
    const { pool } = database;
    await inEntityTransaction(pool, this.vendorId, of, 'alone', async (client) => {
      const LONG_AGO = `now() - interval '91 days'`;
      await client.query(`update ${of} set deleted_at = ${LONG_AGO} where vendor_id = $1 and deleted_at is not null`, [this.vendorId]);
      const parked = `update parked_rows set last_seen_at = ${LONG_AGO} where vendor_id = $1 and entity = $2 and key = any($3)`;
      await client.query(parked, [this.vendorId, of, keys]);
    });
    while ((await cleanParked(pool, 90, 5)) > 0);
    const due = RETENTION_STEPS.find(({ table }) => table === of);
    if (due !== undefined) await cleanTable(pool, due, 90, 5);
  }

  /** What was begun last, whatever else goes on: everything that was not sent for it, and not heard of, goes. */
  private async commit(of: Entity): Promise<void> {
    const id = this.open.get(of);
    if (id === undefined) return;
    const snapshot = await database.db.transaction(async (tx) => {
      const locked = await lockSnapshot(tx, id, this.vendorId);
      if (locked?.status === 'open') await decideDeletes(tx, locked, 0, null);
      return locked;
    });
    if (snapshot === undefined) throw new Error('a snapshot went away');
    while (await deletePage(database.pool, snapshot));
  }

  /** A snapshot may be committed, or superseded, while rows are on their way to it. */
  private async unlessClosed(pushed: Promise<unknown>): Promise<void> {
    await pushed.catch((error: Error) => {
      if ((error as Error & { code?: string }).code !== 'conflict') throw error;
    });
  }

  async expectExactRoots(): Promise<void> {
    const running = await readRoots(database.pool, this.vendorId);
    for (const each of ENTITY_LIST) {
      expect([each, running[each]]).toEqual([each, await computeRoot(database.pool, this.vendorId, each)]);
    }
  }
}

let vendors = 0;
it('keeps running roots what the rows say, whatever writes, deletes, parks or heals them, also at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 5, maxLength: 25 }), async (steps) => {
      const vendorId = `rooted-${++vendors}`;
      const vendor = new Vendor(vendorId);
      await write(database, vendorId, [mapping('unit', 'PCE', 'PCE'), mapping('vat', 'T1', 'FR')]);
      for (const atOnce of steps) {
        await Promise.all(atOnce.map((each) => vendor.take(each)));
        await vendor.expectExactRoots();
      }
      for (const each of ENTITY_LIST) expect((await checkRoot(database.pool, vendorId, each)).wrong).toBeUndefined();
    }),
    { numRuns: RUNS },
  );
}, 600_000);
