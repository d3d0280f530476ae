import type { Entity } from '@repo/contracts/primitives';
import { count, duration } from '@repo/terminal/numbers';
import { table } from '@repo/terminal/table';
import type { Terminal } from '@repo/terminal/terminal';
import { entitiesToPush } from '../agent/entities-to-push';
import { openAgent, stateFileOf } from '../agent/open-agent';
import { readConfig } from '../config/read-config';
import { lockAgent } from '../run/agent-lock';
import { explainDeletes } from '../sync/explain-deletes';
import { pushEntity } from '../sync/push-entity';
import { pushEverything } from '../sync/push-everything';
import type { BadRecord } from '../sync/plan-part';
import { ProblemList } from './problem-list';
import type { PushReport } from '../sync/push-report';

export interface PushCommandOptions {
  entity: Entity | undefined;
  full: boolean;
  dryRun: boolean;
  /** Where every place that cannot be read is listed. */
  problems?: string | undefined;
}

/** Sends what changed once; gives the exit code: 1 when rows were refused or could not be read. */
export async function push(configFile: string, options: PushCommandOptions, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const read = await readConfig(configFile);
  const release = lockAgent(stateFileOf(read));
  const agent = await openAgent(read);
  try {
    // Stamps go by the hub's time.
    if (!options.dryRun) await agent.client.heartbeat({}, { signal });
    const wanted = options.entity === undefined ? read.config.push.entities : [options.entity];
    const reports: PushReport[] = [];
    const problems = new ProblemList(options.problems);
    for (const entity of entitiesToPush(agent.connector.entities, wanted)) {
      const began = performance.now();
      const how = {
        dryRun: options.dryRun,
        signal,
        onBad: (record: BadRecord) => problems.add(entity, record),
        onProgress: (now: Readonly<PushReport>) => terminal.passing(`  … ${progressOf(now, performance.now() - began)}`),
      };
      const report = options.full ? await pushEverything(agent, entity, how) : await pushEntity(agent, entity, { full: false, ...how });
      reports.push(report);
      terminal.done(entity, `${summaryOf(report)} in ${duration(performance.now() - began)}`);
    }
    await problems.close();
    printVerdicts(terminal, reports);
    printProblems(terminal, reports, problems);
    return reports.some(isTrouble) ? 1 : 0;
  } finally {
    await agent.close();
    release();
  }
}

const isTrouble = (report: PushReport) => report.bad > 0 || (report.verdicts['invalid'] ?? 0) > 0 || explainDeletes(report) !== undefined;

const BAR_WIDTH = 20;

/** How much of what was read has been dealt with: how much there is at all is not known before the end. */
function progressOf({ entity, read, unchanged, sent, replaced, bad }: Readonly<PushReport>, ms: number): string {
  const done = read === 0 ? 0 : Math.min(1, (unchanged + sent + replaced + bad) / read);
  const full = Math.round(done * BAR_WIDTH);
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
  return `${entity} ${bar} ${count(read)} read, ${count(unchanged)} unchanged, ${count(sent)} sent, ${duration(ms)}`;
}

function summaryOf({ read, unchanged, toSend, sent, bad, gone, deletes }: PushReport): string {
  const what = toSend > 0 ? `${count(toSend)} would be sent` : `${count(sent)} sent`;
  const isDeleted = deletes?.kind === 'committed' && deletes.tombstoned > 0;
  return [
    `${count(read)} read, ${count(unchanged)} unchanged, ${what}`,
    ...(bad > 0 ? [`${count(bad)} unreadable`] : []),
    ...(gone > 0 ? [`${count(gone)} gone from the source`] : []),
    ...(isDeleted ? [`${count(deletes.tombstoned)} deleted at the hub`] : []),
  ].join(', ');
}

function printVerdicts(terminal: Terminal, reports: readonly PushReport[]): void {
  const rows = reports.flatMap(({ entity, verdicts }) =>
    Object.entries(verdicts).map(([verdict, rowCount]) => [entity, verdict, count(rowCount)]),
  );
  if (rows.length === 0) return;
  terminal.line();
  const lines = table([{ heading: 'entity' }, { heading: 'verdict' }, { heading: 'rows', numeric: true }], rows);
  lines.forEach((line) => terminal.line(`  ${line}`));
}

function printProblems(terminal: Terminal, reports: readonly PushReport[], problems: ProblemList): void {
  for (const problem of problems.shown) terminal.line(`  ${terminal.paint.yellow('!')} ${problem}`);
  if (problems.more !== undefined) terminal.line(`  ${terminal.paint.yellow('!')} ${problems.more}`);
  for (const report of reports) {
    const trouble = explainDeletes(report);
    if (trouble !== undefined) terminal.line(`  ${terminal.paint.yellow('!')} ${report.entity}: ${trouble}`);
  }
  for (const { entity, examples } of reports) {
    for (const { key, verdict, detail } of examples) {
      terminal.line(`  ${terminal.paint.yellow('!')} ${entity} ${key.replace('\u001f', ' / ')}: ${verdict}: ${detail}`);
    }
  }
}
