import type { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import type { BatchSize } from '@erp-sync-hub/agent-sdk/client/ingest-operation';
import type { Row } from '@erp-sync-hub/agent-sdk/entity-rows';
import { pushRows } from '@erp-sync-hub/agent-sdk/push/push-rows';
import type { AnsweredBatch } from '@erp-sync-hub/agent-sdk/push/verdicts';
import type { Entity } from '@repo/contracts/primitives';
import type { Connector, Cursor } from '../connectors/connector';
import type { Cursors } from '../state/cursors';
import type { SentRow, SentRows } from '../state/sent-rows';
import { Acknowledged } from './acknowledged';
import { judgeVerdict } from './judge-verdict';
import { planPart, type BadRecord, type ChangedRow } from './plan-part';
import { noReport, type PushReport } from './push-report';
import type { RowClock } from './row-clock';

/** What a push works with. */
export interface PushParts {
  client: Pick<HubClient, 'ingestTexts'>;
  connector: Connector;
  sent: SentRows;
  cursors: Cursors;
  clock: RowClock;
}

export interface PushEntityOptions {
  /** Read everything, not only what changed since the last time. Sent is what changed all the same. */
  full: boolean;
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
 * Sends what changed of an entity. Can be killed at any moment: what the hub has judged is written down batch by batch, and
 * the place in the source only when everything before it was; so the next run reads again what was not, and sends the rest.
 * @throws HubError, SourceError, or the reason of the signal
 */
export async function pushEntity(parts: PushParts, entity: Entity, options: PushEntityOptions): Promise<PushReport> {
  const { client, sent, cursors } = parts;
  const report = noReport(entity);
  const onItsWay = new Map<number, OnItsWay>();
  const acknowledged = new Acknowledged<Cursor>((cursor) => cursors.write(entity, cursor, new Date()));
  const rows = changedRows(parts, entity, options, { report, onItsWay, acknowledged });
  if (options.dryRun === true) {
    for await (const _ of rows) report.toSend += 1;
    return report;
  }
  const size: BatchSize = options.full ? 'full' : 'incremental';
  await pushRows(client, entity, rows, {
    size,
    signal: options.signal,
    onVerdicts: (answered) => {
      const judged = takeVerdicts(answered, onItsWay, report);
      sent.remember(entity, judged.rows, new Date());
      for (const part of judged.parts) acknowledged.judged(part);
      options.onProgress?.(report);
    },
  });
  acknowledged.end();
  return report;
}

interface Progress {
  report: PushReport;
  onItsWay: Map<number, OnItsWay>;
  acknowledged: Acknowledged<Cursor>;
}

async function* changedRows(
  { connector, sent, cursors, clock }: PushParts,
  entity: Entity,
  { full, dryRun, signal, onBad, onProgress }: PushEntityOptions,
  { report, onItsWay, acknowledged }: Progress,
): AsyncGenerator<Row> {
  let position = 0;
  for await (const { records, cursor } of connector.readChanged(entity, full ? null : cursors.read(entity), signal)) {
    const plan = planPart(entity, records, (keys) => sent.hashes(entity, keys));
    report.read += records.length;
    report.unchanged += plan.unchanged;
    report.replaced += plan.replaced;
    report.bad += plan.bad.length;
    plan.bad.forEach((bad) => onBad?.(bad));
    onProgress?.(report);
    const part = acknowledged.begin(plan.changed.length, cursor);
    for (const changed of plan.changed) {
      if (dryRun !== true) onItsWay.set(position++, { key: changed.key, hash: changed.hash, part });
      yield seal(changed, clock);
    }
  }
}

function seal({ row, hash }: ChangedRow, clock: RowClock): Row {
  return { ...row, contentHash: hash, lastSyncedAt: clock.stamp() };
}

/** What is to be remembered of a batch, and which parts its rows were of. */
function takeVerdicts(
  { first, keys, verdicts }: AnsweredBatch,
  onItsWay: Map<number, OnItsWay>,
  report: PushReport,
): { rows: SentRow[]; parts: number[] } {
  const byPosition = new Map(verdicts.map((verdict) => [verdict.position, verdict]));
  const rows: SentRow[] = [];
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
