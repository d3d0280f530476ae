import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import type { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import type { PushClient } from '@erp-sync-hub/agent-sdk/push/send-batch';
import { SnapshotPush } from '@erp-sync-hub/agent-sdk/push/snapshot-push';
import type { Entity } from '@repo/contracts/primitives';
import type { AgentDatabase } from '../state/agent-database';
import { KeyList } from '../state/key-list';
import { commitSnapshot } from './commit-snapshot';
import { pushEntity, type PushEntityOptions, type PushParts } from './push-entity';
import type { PushReport } from './push-report';
import { readKeys } from './read-keys';

/** What a push of everything works with. */
export interface PushEverythingParts extends PushParts {
  client: PushClient & Pick<HubClient, 'beginSnapshot' | 'commitSnapshot' | 'abandonSnapshot'>;
  database: AgentDatabase;
}

export type PushEverythingOptions = Omit<PushEntityOptions, 'full' | 'snapshot'>;

/**
 * Reads everything of an entity, sends what changed, and has the hub delete what is not at the source any more: then all rows are
 * sent, in a snapshot. So they are when nothing was sent before, since they have to be anyway. Killed, it begins anew the next
 * time; that rows have gone is written down until the hub has deleted them.
 * @throws HubError, SourceError when the source is not all there, or the reason of the signal: nothing was deleted then
 */
export async function pushEverything(parts: PushEverythingParts, entity: Entity, options: PushEverythingOptions): Promise<PushReport> {
  const { digests } = parts.source;
  const plainly = () => new Attempt(parts, entity, options, undefined).run();
  if (options.dryRun === true) return plainly();
  const isFirst = digests.root(entity).count === 0 && !digests.isComplete(entity);
  if (isFirst) return (await inSnapshot(parts, entity, options)) ?? plainly();
  const report = await plainly();
  if (report.deletes !== undefined || !digests.owesDeletes(entity)) return report;
  // What cannot be read was told of.
  const everything = await inSnapshot(parts, entity, { ...options, onBad: () => undefined });
  if (everything === undefined) return { ...report, deletes: { kind: 'not_supported' } };
  return { ...everything, gone: report.gone + everything.gone };
}

/** One reading of everything: its rows, and then its keys. */
class Attempt {
  constructor(
    private readonly parts: PushEverythingParts,
    private readonly entity: Entity,
    private readonly options: PushEverythingOptions,
    private readonly open: { snapshot: SnapshotPush; sent: KeyList } | undefined,
  ) {}

  async run(): Promise<PushReport> {
    const { parts, entity, options, open } = this;
    const { dryRun = false, signal } = options;
    const report = await pushEntity(parts, entity, { ...options, full: true, snapshot: open?.snapshot });
    const atSource = new KeyList(parts.database, 'at_source');
    try {
      const { unreadable } = await readKeys(parts, entity, atSource, { dryRun, signal });
      if (unreadable > 0) {
        await open?.snapshot.abandon();
        return { ...report, deletes: { kind: 'unreadable', places: unreadable } };
      }
      const { gone, sent } = await this.removeGone(atSource, dryRun);
      report.gone = gone;
      if (dryRun) return report;
      parts.source.digests.setComplete(entity);
      if (open !== undefined) report.deletes = await commitSnapshot(parts, entity, { ...open, signal, goneMeanwhile: sent });
      return report;
    } finally {
      atSource.close();
    }
  }

  /** `sent`: how many of those that have gone were sent in the snapshot, so that its commit keeps them. */
  private async removeGone(atSource: KeyList, dryRun: boolean): Promise<{ gone: number; sent: number }> {
    const { source } = this.parts;
    let [gone, sent] = [0, 0];
    for await (const rows of atSource.notListed(this.entity)) {
      gone += rows.length;
      sent += rows.filter(({ key }) => this.open?.sent.has(key) === true).length;
      if (dryRun) continue;
      // First: what has gone is not known any more afterwards.
      source.digests.setOwesDeletes(this.entity, true);
      source.remove(
        this.entity,
        rows.map(({ key }) => key),
      );
    }
    return { gone, sent };
  }
}

/** Undefined from a hub that has no snapshots. */
async function inSnapshot(parts: PushEverythingParts, entity: Entity, options: PushEverythingOptions): Promise<PushReport | undefined> {
  const sent = new KeyList(parts.database, 'in_snapshot');
  let snapshot: SnapshotPush | undefined;
  try {
    snapshot = await begin(parts, entity, sent, options.signal);
    return snapshot && (await new Attempt(parts, entity, options, { snapshot, sent }).run());
  } catch (error) {
    // On a stop there is no time for it: the next one supersedes it.
    if (!options.signal.aborted) await snapshot?.abandon();
    throw error;
  } finally {
    sent.close();
  }
}

async function begin(
  { client }: PushEverythingParts,
  entity: Entity,
  keys: KeyList,
  signal: AbortSignal,
): Promise<SnapshotPush | undefined> {
  try {
    return await SnapshotPush.begin(client, entity, { keys, signal });
  } catch (error) {
    if (error instanceof HubError && 'status' in error.failure && error.failure.status === 404) return undefined;
    throw error;
  }
}
