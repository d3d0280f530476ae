import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Database, Tx } from '@repo/shared/database/connect';
import type { PlannedDeletes } from '@repo/shared/database/snapshots/plan-deletes';
import { lockSnapshot, type SnapshotState } from '@repo/shared/database/snapshots/snapshot-state';
import { sumKeys } from '@repo/shared/database/snapshots/sum-keys';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { Turns } from '../../../platform/concurrency/turns';
import { WorkGate } from '../../../platform/concurrency/work-gate';
import { DATABASE } from '../../../platform/database/database.module';
import type { ApiError } from '../../../platform/errors/api-error';
import { LocalEventBus } from '../../../platform/events/local-events';
import { addLogFields } from '../../../platform/http/request-context';
import { HubMetrics } from '../../../platform/metrics/hub-metrics';
import { decideDeletes, giveRoom } from './decide-deletes';
import { answerOf, FinishCommit, type Committed } from './finish-commit';
import { mismatchOf, tooManyDeletes, type Claim } from './judge-commit';
import { noSuchSnapshot, refusalOf } from './refuse-snapshot';

/** Commits that a process works on at once: each holds a connection. */
const MOST_AT_ONCE = 2;

type Decision =
  /** It was decided, now or by an earlier commit, and there is something left to delete. */
  | { act: 'finish'; snapshot: SnapshotState }
  | { act: 'answer'; snapshot: SnapshotState; committed: Committed }
  | { act: 'hold'; snapshot: SnapshotState; planned: PlannedDeletes }
  | { act: 'refuse'; snapshot: SnapshotState; refusal: ApiError };

/** The agent says that it has sent everything: what it has not is deleted, decided at once and done page by page. */
@Injectable()
export class CommitSnapshot {
  private readonly logger = new Logger('Snapshots');
  private readonly gate = new WorkGate(MOST_AT_ONCE);
  /** However often a vendor asks, the others wait for one commit of its at most. */
  private readonly turns = new Turns();

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: HubSettings,
    private readonly finishing: FinishCommit,
    private readonly events: LocalEventBus,
    private readonly metrics: HubMetrics,
  ) {}

  /**
   * Repeating it gives the answer of the first time.
   * @throws ApiError `not_found`, `conflict`, `expired`; `count_mismatch`, `digest_mismatch` (it stays open), `too_many_deletes` (it is held)
   */
  commit(vendorId: string, id: string, claim: Claim): Promise<Committed> {
    return this.turns.take(vendorId, () => this.gate.pass(() => this.commitNow(vendorId, id, claim)));
  }

  private async commitNow(vendorId: string, id: string, claim: Claim): Promise<Committed> {
    const decision = await this.database.db.transaction((tx) => this.decide(tx, vendorId, id, claim));
    if (decision.act === 'hold') this.tellHeld(decision.snapshot, decision.planned);
    const refusal = decision.act === 'hold' ? tooManyDeletes(decision.planned) : decision.act === 'refuse' ? decision.refusal : undefined;
    const { entity } = decision.snapshot;
    this.metrics.snapshotCommits.inc({ entity, outcome: refusal?.code ?? 'committed' });
    if (refusal !== undefined) throw refusal;
    const committed = decision.act === 'answer' ? decision.committed : await this.finishing.finish(decision.snapshot);
    addLogFields({ entity, ...committed });
    return committed;
  }

  /** Nothing is thrown here that has to be kept: that a snapshot is held. */
  private async decide(tx: Tx, vendorId: string, id: string, claim: Claim): Promise<Decision> {
    await giveRoom(tx);
    const snapshot = await lockSnapshot(tx, id, vendorId);
    if (snapshot === undefined) throw noSuchSnapshot();
    if (snapshot.status === 'committed') return { act: 'answer', snapshot, committed: answerOf(snapshot) };
    if (snapshot.status === 'committing') return { act: 'finish', snapshot };
    const held = snapshot.status === 'held' && !snapshot.expired;
    const refusal = held ? tooManyDeletes(snapshot) : refusalOf(snapshot);
    if (refusal !== undefined) return { act: 'refuse', snapshot, refusal };
    const sent = await sumKeys(tx, snapshot);
    const mismatch = mismatchOf(claim, sent);
    if (mismatch !== undefined) return { act: 'refuse', snapshot, refusal: mismatch };
    const planned = await decideDeletes(tx, snapshot, sent.count, this.settings.MAX_TOMBSTONE_PERCENT);
    if (!planned.allowed) return { act: 'hold', snapshot, planned };
    if (planned.pages === 0) return { act: 'answer', snapshot, committed: { tombstoned: 0, present: sent.count } };
    return { act: 'finish', snapshot };
  }

  private tellHeld({ vendorId, entity, id: snapshotId }: SnapshotState, { wouldDelete, liveRows }: PlannedDeletes): void {
    const held = { vendorId, entity, snapshotId, wouldDelete, liveRows };
    this.logger.warn(held, 'a snapshot would delete too much and is held for an admin');
    this.events.emit('held-too-many-deletes', held);
  }
}
