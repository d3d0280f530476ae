import type { RowOf } from '@repo/contracts/rows/entities';
import type { BatchState, IncomingRow } from '@repo/shared/database/ingest/batch-types';
import { rowDigestNumber } from '@repo/shared/database/ingest/digest-numbers';
import fc from 'fast-check';
import { needsLockAlone } from './carry-out';
import { rootChange } from './digest-change';
import { planRows, type CodeMeanings, type RowPlan } from './plan-rows';

/** What the database promises, in memory: statements are atomic and guarded as the SQL is; `parked` only moves under the lock alone. */
class ModelDatabase {
  readonly stored = new Map<string, { contentHash: string; micros: number; deleted: boolean }>();
  readonly parked = new Map<string, { contentHash: string; micros: number; row: IncomingRow }>();
  readonly mapped = new Set(['OK']);
  mappingVersion = 1;
  count = 0;
  digest = 0n;

  meanings(): CodeMeanings {
    const known = new Set(this.mapped);
    return { get: (_type, code) => (known.has(code) ? { restoCode: code, restoLabel: code, vatRate: '0' } : undefined) };
  }

  read(): BatchState {
    return {
      stored: new Map([...this.stored].map(([key, value]) => [key, { ...value }])),
      parked: new Map([...this.parked].map(([key, { contentHash, micros }]) => [key, { contentHash, micros }])),
      liveItems: new Set(),
      liveWarehouses: new Set(),
      mappingVersion: String(this.mappingVersion),
    };
  }

  /** The guarded upsert; false when another batch won, or the mappings have changed. */
  upsert(row: IncomingRow, mappingVersion: string | null, alone: boolean): boolean {
    if (String(this.mappingVersion) !== mappingVersion || (!alone && this.parked.has(row.key))) return false;
    const old = this.stored.get(row.key);
    const { contentHash } = row.row;
    if (old !== undefined && !(old.micros <= row.micros && (old.deleted || old.contentHash !== contentHash))) return false;
    if (!alone) {
      const live = old !== undefined && !old.deleted;
      if (!live) this.count++;
      this.digest += rowDigestNumber(row.key, contentHash) - (live ? rowDigestNumber(row.key, old.contentHash) : 0n);
    }
    this.stored.set(row.key, { contentHash, micros: row.micros, deleted: false });
    return true;
  }

  advance(row: IncomingRow): boolean {
    const old = this.stored.get(row.key);
    if (old === undefined || old.deleted || old.contentHash !== row.row.contentHash || old.micros >= row.micros) return false;
    old.micros = row.micros;
    return true;
  }

  carryOutAlone(plans: readonly RowPlan[], state: BatchState, mappingVersion: string | null, dropStale: boolean): void {
    const change = rootChange(plans, state, dropStale);
    for (const plan of plans) {
      const { row } = plan;
      if (plan.act === 'write' && !this.upsert(row, mappingVersion, true)) throw new Error('moved under the lock');
      if (plan.act === 'unchanged' && plan.advance && !this.advance(row)) throw new Error('moved under the lock');
      if (plan.act === 'park' && plan.keep) this.parked.set(row.key, { contentHash: row.row.contentHash, micros: row.micros, row });
      if (plan.act === 'stale' ? dropStale : plan.act !== 'park' && plan.unpark) this.parked.delete(row.key);
    }
    this.count += change.count;
    this.digest += change.digest;
  }

  /** What the root must be, from the rows. */
  rootOfRows(): { count: number; digest: bigint } {
    const counted = new Map<string, string>();
    for (const [key, { contentHash, deleted }] of this.stored) if (!deleted) counted.set(key, contentHash);
    for (const [key, { contentHash }] of this.parked) counted.set(key, contentHash);
    return { count: counted.size, digest: [...counted].reduce((sum, [key, hash]) => sum + rowDigestNumber(key, hash), 0n) };
  }
}

/** One batch on its way; each `yield` is a moment at which others may run. */
function* runBatch(database: ModelDatabase, rows: IncomingRow[]): Generator<void> {
  for (let open = rows, round = 1; open.length > 0; round++) {
    const state = database.read();
    const meanings = database.meanings();
    yield;
    const plans = planRows('items', open, state, meanings);
    if (round > 3 || needsLockAlone(plans, state)) {
      const under = database.read();
      database.carryOutAlone(planRows('items', open, under, database.meanings()), under, under.mappingVersion, false);
      return;
    }
    // One statement: all rows of it at once.
    const lostWrites = plans.filter((plan) => plan.act === 'write' && !database.upsert(plan.row, state.mappingVersion, false));
    yield;
    const lostAdvances = plans.filter((plan) => plan.act === 'unchanged' && plan.advance && !database.advance(plan.row));
    yield;
    open = [...lostWrites, ...lostAdvances].map(({ row }) => row);
  }
}

function replay(database: ModelDatabase): void {
  const rows = [...database.parked.values()].map(({ row }) => row);
  const state = database.read();
  database.carryOutAlone(planRows('items', rows, state, database.meanings()), state, state.mappingVersion, true);
}

const incoming = fc.record({
  key: fc.constantFrom('A', 'B', 'C', 'D'),
  micros: fc.integer({ min: 1, max: 12 }),
  code: fc.constantFrom('OK', 'OK', 'LATE'),
});
type Incoming = { key: string; micros: number; code: string };
const toRow = ({ key, micros, code }: Incoming): IncomingRow => ({
  key,
  micros,
  // One hash a version of a row, as a real ERP has it.
  row: { sku: key, contentHash: `${key}${micros}${code}`, erpUnitCode: code, erpVatCode: 'OK' } as RowOf['items'],
});
const batch = fc.uniqueArray(incoming, { selector: ({ key }) => key, minLength: 1, maxLength: 4 });

describe('any batches in any interleaving that the database allows', () => {
  it('end with the newest row of each key, and the running root equals the one of the rows at every step', () => {
    fc.assert(
      fc.property(
        fc.array(batch, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat({ max: 5 })),
        fc.nat({ max: 20 }),
        (batches, choices, mapAt) => {
          const database = new ModelDatabase();
          const running = batches.map((rows) => runBatch(database, rows.map(toRow)));
          for (let step = 0; running.length > 0; step++) {
            if (step === mapAt) {
              database.mapped.add('LATE');
              database.mappingVersion++;
              replay(database);
            }
            const chosen = (choices.next().value as number) % running.length;
            if ((running[chosen] as Generator<void>).next().done === true) running.splice(chosen, 1);
            expect({ count: database.count, digest: database.digest }).toEqual(database.rootOfRows());
          }
          database.mapped.add('LATE');
          database.mappingVersion++;
          replay(database);

          const sent = batches.flat();
          for (const key of new Set(sent.map((row) => row.key))) {
            const newest = Math.max(...sent.filter((row) => row.key === key).map((row) => row.micros));
            const candidates = sent.filter((row) => row.key === key && row.micros === newest).map((row) => toRow(row).row.contentHash);
            expect(database.stored.get(key)?.micros).toBe(newest);
            expect(candidates).toContain(database.stored.get(key)?.contentHash);
          }
          expect(database.parked.size).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});
