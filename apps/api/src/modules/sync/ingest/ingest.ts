import { Inject, Injectable } from '@nestjs/common';
import type { Entity } from '@repo/contracts/primitives';
import type { IngestReply, Verdict } from '@repo/contracts/verdicts';
import type { Database } from '@repo/shared/database/connect';
import { isWorthRepeating } from '@repo/shared/database/database-errors';
import type { BatchState, IncomingRow } from '@repo/shared/database/ingest/batch-types';
import { inEntityTransaction } from '@repo/shared/database/ingest/entity-transaction';
import { readBatchState } from '@repo/shared/database/ingest/read-batch-state';
import type { Pool, PoolClient } from 'pg';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { WorkGate } from '../../../platform/concurrency/work-gate';
import { DATABASE } from '../../../platform/database/database.module';
import { LocalEventBus } from '../../../platform/events/local-events';
import { addLogFields } from '../../../platform/http/request-context';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';
import { MappingCache } from '../mappings/mapping-cache';
import { RememberRows } from '../snapshots/remember-rows';
import { carryOutAlone, carryOutShared, MovedUnderLock, needsLockAlone, type CarryOutOptions, type Done, type Outcome } from './carry-out';
import { healingRow, stillCompared, withoutTimes, type Compared, type Healing } from './heal-rows';
import { judgeRows } from './judge-rows';
import { codesOf, planRows, type CodeMeanings, type RowPlan } from './plan-rows';
import { replyOf, verdictOf } from './verdicts-of';

/** After this many rounds lost to other batches, a batch takes the lock alone and cannot lose any more. */
const MOST_SHARED_ROUNDS = 3;
/** How often the same round is tried again after a deadlock or a reference that went away. */
const MOST_REPEATS = 5;

const NO_MEANINGS: CodeMeanings = { get: () => undefined };

/** What a request asks of the ingest. */
export interface PushOptions {
  /** Whether the request's text may hold what no row may have. */
  needsLook: boolean;
  show: 'all' | 'problems';
  /** The snapshot that the rows are sent for. */
  snapshotId?: string | undefined;
}

/** The one way for rows into the hub: judge, read, plan, write, reply. */
@Injectable()
export class Ingest {
  private readonly gate: WorkGate;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly mappings: MappingCache,
    private readonly snapshots: RememberRows,
    private readonly events: LocalEventBus,
    private readonly metrics: HubMetrics,
    @Inject(SETTINGS) settings: HubSettings,
  ) {
    this.gate = new WorkGate(Math.max(1, Math.floor(settings.DB_POOL_SIZE * 0.6)));
  }

  /**
   * Takes a batch of an agent's and says what became of each row, in the order of the request.
   * @throws ApiError `not_found`, `conflict`, `expired` for a snapshot that takes no rows of this entity; nothing is written
   */
  async push(vendorId: string, entity: Entity, rows: readonly unknown[], options: PushOptions): Promise<IngestReply> {
    const stage = (name: 'judge' | 'wait' | 'settle') => this.metrics.ingestStage.startTimer({ entity, stage: name });
    this.metrics.ingestBatchRows.observe({ entity }, rows.length);
    const judged = stage('judge');
    const { verdicts, winners } = judgeRows(entity, rows, Date.now() * 1000, options.needsLook);
    judged();
    const waited = stage('wait');
    const done = await this.gate.pass(async () => {
      waited();
      const settled = stage('settle');
      try {
        if (options.snapshotId !== undefined) await this.snapshots.remember(vendorId, options.snapshotId, entity, rows);
        return await this.settle(vendorId, entity, winners, options.snapshotId);
      } finally {
        settled();
      }
    });
    for (const each of done) verdicts[each.plan.row.index] = verdictOf(each);
    const all = verdicts as Verdict[];
    this.count(entity, all);
    this.tellArrivals(vendorId, entity, done);
    const reply = replyOf(all, options.show);
    addLogFields({ entity, rows: rows.length, processed: reply.processed, skipped: reply.skipped, failed: reply.failed });
    return reply;
  }

  /** Tries parked rows again, in one transaction. Returns how many are not parked any more. */
  async replay(vendorId: string, entity: Entity, read: (client: PoolClient) => Promise<IncomingRow[]>): Promise<number> {
    const done = await this.gate.pass(() =>
      this.repeating(() =>
        inEntityTransaction(this.database.pool, vendorId, entity, 'alone', async (client) =>
          this.planAndCarryOutAlone(client, vendorId, entity, await read(client), { seen: false, dropStale: true, mode: 'alone' }),
        ),
      ),
    );
    this.tellArrivals(vendorId, entity, done);
    return done.filter(({ plan }) => plan.act !== 'park').length;
  }

  /**
   * Writes rows that an agent gave because they differ: the ERP is right whatever the times say. Nothing is written under a key
   * where the hub does not hold any more what was compared.
   */
  async heal(vendorId: string, entity: Entity, rows: readonly unknown[], compared: Compared): Promise<Healing> {
    const nowMicros = Date.now() * 1000;
    const { verdicts, winners } = judgeRows(entity, rows, Infinity, true);
    const ready = winners.map((row) => healingRow(row, nowMicros));
    const options = { seen: true, dropStale: false, mode: 'healing' } as const;
    const { done, moved } = await this.gate.pass(() =>
      this.repeating(() =>
        inEntityTransaction(this.database.pool, vendorId, entity, 'alone', async (client) => {
          const keys = ready.map(({ key }) => key);
          const found = await readBatchState(client, vendorId, entity, keys);
          const still = stillCompared(ready, found, compared);
          const state = withoutTimes(still.same, found);
          const { plans, mappingVersion } = await this.plan(vendorId, entity, still.same, state, client);
          return { done: await carryOutAlone(client, vendorId, entity, plans, state, mappingVersion, options), moved: still.moved };
        }),
      ),
    );
    this.tellArrivals(vendorId, entity, done);
    const acts = (act: string) => done.filter(({ plan }) => plan.act === act).length;
    const refused = verdicts.flatMap((verdict) =>
      verdict?.status === 'failed' ? [{ key: verdict.key, detail: verdict.detail ?? verdict.reason }] : [],
    );
    return { written: acts('write'), parked: acts('park'), unchanged: acts('unchanged'), moved, refused };
  }

  /** Rounds of read, plan and write until every row is settled; each round is left only with what other batches won. */
  private async settle<R extends IncomingRow>(
    vendorId: string,
    entity: Entity,
    rows: readonly R[],
    snapshotId?: string,
  ): Promise<Done<R>[]> {
    const done: Done<R>[] = [];
    let open = rows;
    for (let round = 1; open.length > 0; round++) {
      const outcome = await this.repeating(() => this.oneRound(vendorId, entity, open, round > MOST_SHARED_ROUNDS, snapshotId));
      done.push(...outcome.done);
      open = outcome.lost;
    }
    return done;
  }

  private async oneRound<R extends IncomingRow>(
    vendorId: string,
    entity: Entity,
    rows: readonly R[],
    alone: boolean,
    snapshotId: string | undefined,
  ): Promise<Outcome<R>> {
    const { pool } = this.database;
    if (!alone) {
      const state = await readBatchState(
        pool,
        vendorId,
        entity,
        rows.map(({ key }) => key),
        snapshotId,
      );
      const { plans, mappingVersion } = await this.plan(vendorId, entity, rows, state);
      if (!needsLockAlone(plans, state)) return carryOutShared(pool, vendorId, entity, plans, mappingVersion);
    }
    const done = await inEntityTransaction(pool, vendorId, entity, 'alone', (client) =>
      this.planAndCarryOutAlone(client, vendorId, entity, rows, { seen: true, dropStale: false, mode: 'alone', snapshotId }),
    );
    return { done, lost: [] };
  }

  private async planAndCarryOutAlone<R extends IncomingRow>(
    client: PoolClient,
    vendorId: string,
    entity: Entity,
    rows: readonly R[],
    options: CarryOutOptions & { snapshotId?: string | undefined },
  ): Promise<Done<R>[]> {
    const state = await readBatchState(
      client,
      vendorId,
      entity,
      rows.map(({ key }) => key),
      options.snapshotId,
    );
    const { plans, mappingVersion } = await this.plan(vendorId, entity, rows, state, client);
    return carryOutAlone(client, vendorId, entity, plans, state, mappingVersion, options);
  }

  private async plan<R extends IncomingRow>(
    vendorId: string,
    entity: Entity,
    rows: readonly R[],
    state: BatchState,
    // Whoever holds a connection already looks up mappings on it: waiting for a second one could wait for itself.
    executor: Pool | PoolClient = this.database.pool,
  ): Promise<{ plans: RowPlan<R>[]; mappingVersion: string | null }> {
    if (entity !== 'items') return { plans: planRows(entity, rows, state, NO_MEANINGS), mappingVersion: null };
    const meanings = await this.mappings.resolve(vendorId, state.mappingVersion, codesOf(rows), executor);
    return { plans: planRows(entity, rows, state, meanings), mappingVersion: meanings.version };
  }

  /** The same work again after a deadlock, or after the item or warehouse of a stock row went away. */
  private async repeating<T>(work: () => Promise<T>): Promise<T> {
    for (let repeat = 1; ; repeat++) {
      try {
        return await work();
      } catch (error) {
        if (repeat > MOST_REPEATS || !(isWorthRepeating(error) || error instanceof MovedUnderLock)) throw error;
      }
    }
  }

  private count(entity: Entity, verdicts: readonly Verdict[]): void {
    const counts = new Map<string, number>();
    for (const verdict of verdicts) {
      const name = verdict.status === 'processed' ? verdict.change : verdict.reason;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const [verdict, count] of counts) this.metrics.ingestRows.inc({ entity, verdict }, count);
  }

  /** Stock may wait for the items and warehouses that have just come to be. */
  private tellArrivals(vendorId: string, entity: Entity, done: readonly Done<IncomingRow>[]): void {
    if (entity === 'stock') return;
    const arrived = done.some(({ change }) => change === 'created' || change === 'restored');
    if (arrived) this.events.emit('rows-arrived', { vendorId });
  }
}
