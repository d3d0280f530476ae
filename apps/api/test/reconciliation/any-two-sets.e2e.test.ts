import * as sdk from '@erp-sync-hub/agent-sdk';
import fc from 'fast-check';
import { rowDigestHex } from '@repo/contracts/digest';
import { startHub, type Hub } from '../support/hub';
import { connectReconcilingAgent, type ReconcilingAgent } from '../support/reconciling-agent';
import { at, hashOf, item } from '../support/rows';

const EXAMPLES = Number(process.env['RECONCILIATION_EXAMPLES'] ?? 6);
const MOST_COMPARISONS = 6;

let hub: Hub;
beforeAll(async () => {
  // Nothing is kept by the cap: what may go is judged by what the ERP has alone.
  hub = await startHub({ env: { MAX_TOMBSTONE_PERCENT: '100', AGENT_TIMEOUT_MS: '5000' } });
  // Every row that is ever deleted, also one that comes back.
  await hub.pool.query(`create table deleted_rows (vendor_id text, sku text);
    create function note_deleted() returns trigger language plpgsql as
      $$ begin insert into deleted_rows values (new.vendor_id, new.sku); return new; end $$;
    create trigger note_deleted after update of deleted_at on items for each row
      when (old.deleted_at is null and new.deleted_at is not null) execute function note_deleted()`);
});
afterAll(async () => {
  await hub.stop();
});

/** What happens to a vendor. Keys are numbers; from `stable` on the ERP has them all the time. */
type Act =
  /** The ERP changes a row, or has a new one; `pushed` with a clock that is so far ahead or behind. */
  | { do: 'change'; key: number; pushed: boolean; clockS: number }
  | { do: 'remove'; key: number }
  /** Somebody writes to the database behind the hub's back. */
  | { do: 'tamper'; key: number; how: 'hash' | 'digest' | 'delete' | 'insert' }
  /** All rows are sent for a snapshot, with other acts in between. */
  | { do: 'snapshot' }
  | { do: 'compare' };

const KEYS = 14;
const STABLE = 7;
const keys = fc.integer({ min: 0, max: KEYS - 1 });
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('change' as const), key: keys, pushed: fc.boolean(), clockS: fc.integer({ min: -5, max: 5 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), key: fc.integer({ min: 0, max: STABLE - 1 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('tamper' as const), key: keys, how: fc.constantFrom('hash', 'digest', 'delete', 'insert') }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'snapshot' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'compare' } as const) },
);
/** Two who act at once, and which of the keys each side has at the beginning. */
const stories = fc.record({
  erp: fc.array(fc.boolean(), { minLength: KEYS, maxLength: KEYS }),
  hub: fc.array(fc.constantFrom('same', 'other', 'none'), { minLength: KEYS, maxLength: KEYS }),
  one: fc.array(acts, { maxLength: 8 }),
  other: fc.array(acts, { maxLength: 8 }),
});

const sku = (key: number) => `K-${key}`;
const ALL_SKUS = Array.from({ length: KEYS }, (_, key) => sku(key));
const ALWAYS_THERE = new Set(ALL_SKUS.slice(STABLE));
let vendors = 0;
let versions = 0;

/** A vendor of an example. */
class Vendor {
  private constructor(private readonly agent: ReconcilingAgent) {}

  static async connect(): Promise<Vendor> {
    return new Vendor(await connectReconcilingAgent(hub, `any-${++vendors}`, 'push'));
  }

  async begin(erp: readonly boolean[], held: readonly string[]): Promise<void> {
    const pushed: sdk.Row[] = [];
    for (let key = 0; key < KEYS; key++) {
      if (erp[key] === true || key >= STABLE) this.agent.store.put('items', item(sku(key)));
      if (held[key] !== 'none') pushed.push(item(sku(key), held[key] === 'other' ? { name: 'other' } : {}));
    }
    if (pushed.length > 0) await this.agent.push('items', pushed);
  }

  async act(act: Act): Promise<void> {
    const { agent } = this;
    switch (act.do) {
      case 'change': {
        const version = ++versions;
        const row = item(sku(act.key), { name: `v${version}`, lastSyncedAt: at(version + act.clockS) });
        agent.store.put('items', row);
        if (act.pushed) await agent.push('items', [row]);
        return;
      }
      case 'remove':
        agent.store.delete('items', sku(act.key));
        return;
      case 'tamper':
        return this.tamper(sku(act.key), act.how);
      case 'snapshot':
        return this.sendEverything();
      case 'compare':
        await agent.compare();
    }
  }

  private async sendEverything(): Promise<void> {
    const { client, store } = this.agent;
    try {
      const snapshot = await sdk.SnapshotPush.begin(client, 'items');
      const { rows } = await store.rows('items', ALL_SKUS);
      await snapshot.push(rows.slice(0, rows.length / 2), { size: 'incremental' });
      await snapshot.push(rows.slice(rows.length / 2), { size: 'incremental' });
      await snapshot.commit();
    } catch (error) {
      // The other one has begun a later snapshot.
      if (!(error instanceof sdk.HubError) || error.kind !== 'refused') throw error;
    }
  }

  /** Compares until both sides are equal. */
  async settle(): Promise<void> {
    for (let comparison = 1; ; comparison++) {
      const event = await this.agent.compare();
      if (event.eventType === 'in_sync') return;
      if (comparison === MOST_COMPARISONS) throw new Error(`not equal after ${comparison} comparisons: ${JSON.stringify(event)}`);
    }
  }

  async expectEqual(): Promise<void> {
    const { vendorId, store } = this.agent;
    const { rows } = await hub.pool.query<{ sku: string; hash: string; digest: string }>(
      `select sku, content_hash as hash, row_digest::text as digest from items where vendor_id = $1 and deleted_at is null order by sku`,
      [vendorId],
    );
    const { rows: held } = await store.rows('items', ALL_SKUS);
    const wanted = held
      .map((row) => ({ sku: row['sku'] as string, hash: row['contentHash'] as string }))
      .sort((a, b) => (a.sku < b.sku ? -1 : 1));
    expect(rows).toEqual(wanted.map((row) => ({ ...row, digest: digestOf(row.sku, row.hash) })));
    expect(await this.agent.inSync()).toBe(true);
    const deleted = await hub.pool.query<{ sku: string }>('select sku from deleted_rows where vendor_id = $1', [vendorId]);
    expect(deleted.rows.filter((row) => ALWAYS_THERE.has(row.sku))).toEqual([]);
  }

  stop(): Promise<void> {
    return this.agent.stop();
  }

  private async tamper(key: string, how: 'hash' | 'digest' | 'delete' | 'insert'): Promise<void> {
    const { vendorId } = this.agent;
    const of = 'vendor_id = $1 and sku = $2';
    const hash = hashOf('tampered', ++versions);
    if (how === 'hash') {
      await hub.pool.query(`update items set content_hash = $3, row_digest = $4 where ${of}`, [vendorId, key, hash, digestOf(key, hash)]);
    } else if (how === 'digest') await hub.pool.query(`update items set row_digest = row_digest # 1 where ${of}`, [vendorId, key]);
    else if (how === 'delete') await hub.pool.query(`delete from items where ${of}`, [vendorId, key]);
    else {
      await hub.pool.query(
        `insert into items (vendor_id, sku, name, erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate, content_hash,
            last_synced_at, updated_at, touched_at, change_seq, key_hash, row_digest)
          select vendor_id, 'inserted', name, erp_unit_code, erp_vat_code, unit_code, unit_label, vat_code, vat_rate, $2,
            last_synced_at, now(), now(), change_seq, 0, 0 from items where vendor_id = $1 limit 1
          on conflict do nothing`,
        [vendorId, hash],
      );
    }
  }
}

const digestOf = (key: string, hash: string): string => BigInt.asIntN(64, BigInt(`0x${rowDigestHex(key, hash)}`)).toString();

it(
  'brings any two sets in step, whatever is pushed, sent for snapshots and written meanwhile, and deletes no row that the ERP has',
  async () => {
    await fc.assert(
      fc.asyncProperty(stories, async ({ erp, hub: held, one, other }) => {
        const vendor = await Vendor.connect();
        try {
          await vendor.begin(erp, held);
          const inTurn = async (some: readonly Act[]) => {
            for (const act of some) await vendor.act(act);
          };
          await Promise.all([inTurn(one), inTurn(other)]);
          await vendor.settle();
          await vendor.expectEqual();
        } finally {
          await vendor.stop();
        }
      }),
      { numRuns: EXAMPLES, endOnFailure: true },
    );
  },
  30_000 + EXAMPLES * 10_000,
);
