import type { Row } from '@erp-sync-hub/agent-sdk/entity-rows';
import { pushRows } from '@erp-sync-hub/agent-sdk/push/push-rows';
import type { PushClient } from '@erp-sync-hub/agent-sdk/push/send-batch';
import type { SnapshotPush, SnapshotPushOptions } from '@erp-sync-hub/agent-sdk/push/snapshot-push';
import type { AnsweredBatch } from '@erp-sync-hub/agent-sdk/push/verdicts';
import type { Entity } from '@repo/contracts/primitives';
import type { Connector, Cursor } from '../connectors/connector';
import type { Cursors } from '../state/cursors';
import type { JudgedRow, SourceRows } from '../state/source-rows';
import { Acknowledged } from './acknowledged';
import { judgeVerdict } from './judge-verdict';
import { planPart, type BadRecord } from './plan-part';
import { noReport, type PushReport } from './push-report';
import type { RowClock } from './row-clock';
import { sealRow } from './seal-row';

/** What a push works with. */
export interface PushParts {
  client: PushClient;
  connector: Connector;
  source: SourceRows;
  cursors: Cursors;
  clock: RowClock;
}

export interface PushEntityOptions {
  /** Read everything, not only what changed since the last time. Sent is what changed all the same. */
  full: boolean;
  /** Send everything, in this. */
  snapshot?: SnapshotPush | undefined;
  /** Plan, and send nothing. */
  dryRun?: boolean;
  signal: AbortSignal;
  onProgress?: (report: Readonly<PushReport>) => void;
  /** Told of each place in the source that is no row. */
  onBad?: (bad: BadRecord) => void;
}

/** A row on its way, until the hub has judged it. */
interface OnItsWay {
  key: string;
  hash: string;
  part: number;
}

/**
 * Sends what changed of an entity. Can be killed at any moment: what was read and what the hub has judged is written down batch
 * by batch, and the place in the source only when everything before it was judged; so the next run reads again what was not, and
 * sends the rest.
 * @throws HubError, SourceError, or the reason of the signal
 */
export async function pushEntity(parts: PushParts, entity: Entity, options: PushEntityOptions): Promise<PushReport> {
  const { source, cursors } = parts;
  const report = noReport(entity);
  const onItsWay = new Map<number, OnItsWay>();
  const acknowledged = new Acknowledged<Cursor>((cursor) => cursors.write(entity, cursor, new Date()));
  const rows = rowsToSend(parts, entity, options, { report, onItsWay, acknowledged });
  if (options.dryRun === true) {
    for await (const _ of rows) report.toSend += 1;
    return report;
  }
  await send(parts, entity, rows, options.snapshot, {
    size: options.full ? 'full' : 'incremental',
    signal: options.signal,
    onVerdicts: (answered) => {
      const judged = takeVerdicts(answered, onItsWay, report);
      source.judge(entity, judged.rows, new Date());
      for (const part of judged.parts) acknowledged.judged(part);
      options.onProgress?.(report);
    },
  });
  acknowledged.end();
  return report;
}

async function send(
  { client }: PushParts,
  entity: Entity,
  rows: AsyncIterable<Row>,
  snapshot: SnapshotPush | undefined,
  options: SnapshotPushOptions,
): Promise<void> {
  if (snapshot === undefined) await pushRows(client, entity, rows, options);
  else await snapshot.push(rows, options);
}

interface Progress {
  report: PushReport;
  onItsWay: Map<number, OnItsWay>;
  acknowledged: Acknowledged<Cursor>;
}

async function* rowsToSend(
  { connector, source, cursors, clock }: PushParts,
  entity: Entity,
  { full, snapshot, dryRun, signal, onBad, onProgress }: PushEntityOptions,
  { report, onItsWay, acknowledged }: Progress,
): AsyncGenerator<Row> {
  let position = 0;
  for await (const { records, cursor } of connector.readChanged(entity, full ? null : cursors.read(entity), signal)) {
    const plan = planPart(entity, records, (keys) => source.known(entity, keys), snapshot !== undefined);
    report.read += records.length;
    report.unchanged += plan.unchanged;
    report.replaced += plan.replaced;
    report.bad += plan.bad.length;
    plan.bad.forEach((bad) => onBad?.(bad));
    onProgress?.(report);
    // Before it is sent: what is lost on the way must show.
    if (dryRun !== true) source.read(entity, plan.fresh, new Date());
    const part = acknowledged.begin(plan.changed.length, cursor);
    for (const changed of plan.changed) {
      if (dryRun !== true) onItsWay.set(position++, { key: changed.key, hash: changed.hash, part });
      yield sealRow(changed, clock);
    }
  }
}

/** What is to be remembered of a batch, and which parts its rows were of. */
function takeVerdicts(
  { first, keys, verdicts }: AnsweredBatch,
  onItsWay: Map<number, OnItsWay>,
  report: PushReport,
): { rows: JudgedRow[]; parts: number[] } {
  const byPosition = new Map(verdicts.map((verdict) => [verdict.position, verdict]));
  const rows: JudgedRow[] = [];
  const parts: number[] = [];
  for (let position = first; position < first + keys.length; position++) {
    const row = onItsWay.get(position);
    if (row === undefined) throw new Error(`the hub judged row ${position}, which was not sent`);
    onItsWay.delete(position);
    parts.push(row.part);
    const judged = judgeVerdict(byPosition.get(position));
    report.sent += 1;
    report.verdicts[judged.name] = (report.verdicts[judged.name] ?? 0) + 1;
    if (judged.remember !== null) rows.push({ key: row.key, hash: row.hash, verdict: judged.remember, detail: judged.detail });
    if (judged.detail !== null && report.examples.length < report.mostExamples) {
      report.examples.push({ key: row.key, verdict: judged.name, detail: judged.detail });
    }
  }
  return { rows, parts };
}
