import { Inject, Injectable } from '@nestjs/common';
import type { Database, Tx } from '@repo/shared/database/connect';
import { recordAudit } from '@repo/shared/database/repositories/audit-log.repository';
import { lockSnapshot, type SnapshotState } from '@repo/shared/database/snapshots/snapshot-state';
import { WorkGate } from '../../../platform/concurrency/work-gate';
import { DATABASE } from '../../../platform/database/database.module';
import { ApiError } from '../../../platform/errors/api-error';
import { currentContext } from '../../../platform/http/request-context';
import { decideDeletes, giveRoom } from './decide-deletes';
import { answerOf, FinishCommit, type Committed } from './finish-commit';
import { noSuchSnapshot, refusalOf } from './refuse-snapshot';

/** An admin confirms a held snapshot: it deletes, however much that is. What was touched while it was held stays. */
@Injectable()
export class ConfirmSnapshot {
  private readonly gate = new WorkGate(1);

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly finishing: FinishCommit,
  ) {}

  /**
   * Repeating it gives the answer of the first time.
   * @throws ApiError `not_found`; `conflict` for one that is not held; `expired`
   */
  confirm(actor: string, id: string): Promise<Committed> {
    return this.gate.pass(async () => {
      const snapshot = await this.database.db.transaction((tx) => this.decide(tx, actor, id));
      return snapshot.status === 'committed' ? answerOf(snapshot) : this.finishing.finish(snapshot);
    });
  }

  private async decide(tx: Tx, actor: string, id: string): Promise<SnapshotState> {
    await giveRoom(tx);
    const snapshot = await lockSnapshot(tx, id);
    if (snapshot === undefined) throw noSuchSnapshot();
    const { status, vendorId, entity, present, wouldDelete } = snapshot;
    if (status === 'committing' || status === 'committed') return snapshot;
    if (status === 'open' && !snapshot.expired) throw new ApiError('conflict', 'The snapshot is open: its agent has to commit it first.');
    const refusal = status === 'held' && !snapshot.expired ? undefined : refusalOf(snapshot);
    if (refusal !== undefined) throw refusal;
    const planned = await decideDeletes(tx, snapshot, present ?? 0, null);
    await recordAudit(tx, {
      actor,
      action: 'snapshot.confirm',
      target: `snapshot:${id}`,
      vendorId,
      before: { status, entity, wouldDelete },
      after: { status: 'committed', entity, deletes: planned.wouldDelete },
      correlationId: currentContext()?.correlationId ?? null,
    });
    return snapshot;
  }
}
