import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SeededRandom } from '@repo/chaos-kit/random';
import { dataFolder } from '@repo/dev-stack/project-root';
import { Failure, messageOf } from '@repo/terminal/failure';
import { count, duration } from '@repo/terminal/numbers';
import type { Terminal } from '@repo/terminal/terminal';
import type { GamedayOptions } from './arguments';
import { ALL_INCIDENTS } from './incidents/all-incidents';
import type { Incident } from './incidents/incident';
import { Scene } from './incidents/scene';
import { startWorld } from './installation/start-world';
import type { World } from './installation/world';
import { awaitThat, orAborted } from './observe/await-that';
import type { IncidentRecord } from './timeline/incident-record';
import { summaryTable } from './timeline/summary-table';
import { Timeline } from './timeline/timeline';
import { judge, type NamedReport, type Verdict } from './verdict/judge';
import { endAlerts, lookAround } from './verdict/look-around';

const HEALED_WITHIN_MS = 300_000;

/** Plays a game day; gives whether everything held. Whatever was started is stopped, however it ends. */
export async function runGameday(options: GamedayOptions, terminal: Terminal, signal: AbortSignal): Promise<boolean> {
  const began = performance.now();
  const folder = path.join(dataFolder(), 'gameday', new Date().toISOString().replaceAll(':', '-'));
  mkdirSync(folder, { recursive: true });
  const incidents = new SeededRandom(`${options.seed}/order`).shuffled(options.only).map((name) => ALL_INCIDENTS[name]);
  const timeline = new Timeline(terminal);
  const stops: (() => Promise<void>)[] = [];
  let held = false;
  try {
    timeline.heading('Game day');
    terminal.line(`  seed ${options.seed}: ${incidents.map(({ title }) => title).join(', ')}`);
    const world = await startWorld({ options, folder, timeline, signal, onStop: (stop) => void stops.unshift(stop) });
    await orAborted(beginOrders(world), signal);
    const records: IncidentRecord[] = [];
    for (const incident of incidents) records.push(await play(incident, world));
    await restOfTime(world, began);
    const open = await endAlerts(world);
    const { reports, silent } = await finish(world);
    const own = await lookAround(world, records, reports);
    const verdict = judge(records, reports, { ...own, others: [...open, ...silent, ...own.others] });
    held = verdict.faults.length === 0;
    printEnd(terminal, records, reports, verdict, began);
    if (options.json !== null) writeReport(options.json, { options, records, timeline, reports, verdict });
    return held;
  } finally {
    const keep = options.keepLogs || !held;
    if (keep) terminal.line(`The logs are in ${path.relative(process.cwd(), folder)}`);
    for (const stop of stops) await stop();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
}

/** An order for each vendor, as a first sign that all of it works. @throws Failure when it does not */
async function beginOrders({ desk, vendorIds, timeline, signal }: World): Promise<void> {
  const orders = await desk.place(vendorIds.length, vendorIds);
  const arrived = await awaitThat(async () => (await desk.undelivered(orders)).length === 0, { limitMs: HEALED_WITHIN_MS, signal });
  if (arrived === undefined)
    throw new Failure(`The first orders are not in their ERPs after ${HEALED_WITHIN_MS / 1000} s, though nothing is broken`);
  timeline.add('orders', 'a first order of each vendor is in its ERP');
}

/** An incident that cannot be played to its end is a fault, and whatever it broke is mended before the next one. */
async function play(incident: Incident, world: World): Promise<IncidentRecord> {
  const { name, title, promises } = incident;
  const record: IncidentRecord = { name, title, promises, begunAt: null, marks: {}, missed: [] };
  world.timeline.heading(`${title[0]?.toUpperCase()}${title.slice(1)}`);
  try {
    await orAborted(incident.play(new Scene(world, record)), world.signal);
  } catch (error) {
    world.signal.throwIfAborted();
    record.missed.push(messageOf(error));
    world.timeline.add('missed', messageOf(error));
  }
  await mend(world);
  world.timeline.endIncident();
  return record;
}

async function mend({ installation, away, signal, alerts }: World): Promise<void> {
  await away.line.set({ kind: 'open' });
  await installation.heal();
  await awaitThat(() => alerts.open.length === 0, { limitMs: HEALED_WITHIN_MS, signal });
}

async function restOfTime({ options, timeline, signal }: World, began: number): Promise<void> {
  const leftMs = options.forSeconds * 1_000 - (performance.now() - began);
  if (leftMs <= 0) return;
  timeline.add('hub', `the load goes on for ${duration(leftMs)}`);
  await awaitThat(() => performance.now() - began >= options.forSeconds * 1_000, { limitMs: leftMs + 1_000, signal });
}

/** Ends the load, and lets every simulator compare both sides. `silent`: what those say that could not. */
async function finish({ simulators, timeline, signal }: World): Promise<{ reports: NamedReport[]; silent: string[] }> {
  timeline.heading('The end');
  timeline.add('act', 'nothing changes any more: what is under way settles, and both sides are compared');
  const ends = simulators.map(async (simulator) => ({ ...(await simulator.finish()), name: simulator.name }));
  const settled = await orAborted(Promise.allSettled(ends), signal);
  return {
    reports: settled.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : [])),
    silent: settled.flatMap((end) => (end.status === 'rejected' ? [messageOf(end.reason)] : [])),
  };
}

function printEnd(
  terminal: Terminal,
  records: readonly IncidentRecord[],
  reports: readonly NamedReport[],
  { lost, doubled, differing, faults }: Verdict,
  began: number,
): void {
  const { green, red } = terminal.paint;
  const sum = (of: (report: NamedReport) => number) => count(reports.reduce((total, report) => total + of(report), 0));
  terminal.heading('When it was seen, told, and over, from its beginning');
  for (const line of summaryTable(records)) terminal.line(`  ${line}`);
  terminal.heading('Verdict');
  terminal.line(
    `  ${sum(({ ordersInErps }) => ordersInErps)} orders in the simulated ERPs, ${sum(({ rows }) => rows)} rows, ${sum(({ changes }) => changes)} changes of rows, in ${duration(performance.now() - began)}`,
  );
  for (const fault of faults) terminal.line(`  ${red('✗')} ${fault}`);
  const numbers = `orders lost ${lost}, doubled ${doubled}, rows differing ${differing}`;
  terminal.line(faults.length === 0 ? `  ${green('✓')} ${numbers}` : `  ${red('✗')} ${numbers}, and ${count(faults.length)} faults above`);
}

interface Report {
  options: GamedayOptions;
  records: readonly IncidentRecord[];
  timeline: Timeline;
  reports: readonly NamedReport[];
  verdict: Verdict;
}

function writeReport(file: string, { options, records, timeline, reports, verdict }: Report): void {
  const incidents = records.map(({ name, title, begunAt, marks, missed }) => ({
    name,
    title,
    missed,
    // Seconds from the beginning of the incident.
    seen: Object.fromEntries(Object.entries(marks).map(([mark, at]) => [mark, Math.round(at - (begunAt ?? at)) / 1000])),
  }));
  const { seed, vendors, items, changes, orders, spike, forSeconds } = options;
  const told = { seed, vendors, items, changes, orders, spike, forSeconds };
  writeFileSync(
    file,
    `${JSON.stringify({ options: told, held: verdict.faults.length === 0, verdict, incidents, timeline: timeline.entries, reports }, null, 2)}\n`,
  );
}
