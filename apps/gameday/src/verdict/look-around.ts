import { judgeExits, judgeLogs, readLog } from '@repo/chaos-kit/oracle/judge-logs';
import type { ChaosFault } from '@repo/chaos-kit/schedule/chaos-fault';
import { awaitThat } from '../observe/await-that';
import type { World } from '../installation/world';
import type { IncidentRecord } from '../timeline/incident-record';
import type { NamedReport, OwnFindings } from './judge';

const CLEARED_WITHIN_MS = 90_000;
/** What an incident explains of the hub's logs and ends, as the chaos tests name it. */
const EXPLAINS: Partial<Record<IncidentRecord['name'], ChaosFault['fault']>> = { redis: 'redis_stop', postgres: 'postgres_crash' };

/** Waits until every alert is cleared, and listens no more: vendors that end are offline. Gives what is still open, in words. */
export async function endAlerts({ alerts, signal }: World): Promise<string[]> {
  await awaitThat(() => alerts.open.length === 0, { limitMs: CLEARED_WITHIN_MS, signal });
  alerts.rest();
  return alerts.open.map(({ kind, detail }) => `the alert ${kind} was never cleared: ${detail}`);
}

/** The game day's own checks, once the simulators have ended: of orders, of the vendor with files, of what is left behind. */
export async function lookAround(world: World, records: readonly IncidentRecord[], reports: readonly NamedReport[]): Promise<OwnFindings> {
  const { desk, files, alerts, installation } = world;
  const undelivered = await desk.undelivered(desk.placed);
  const copies = copiesOf(files.orderFiles());
  const toFiles = desk.placed.filter(({ vendorId }) => vendorId === files.vendorId);
  const totals = await readTotals(world);
  const inErps = reports.reduce((sum, { ordersInErps }) => sum + ordersInErps, 0) + [...copies.values()].reduce((sum, n) => sum + n, 0);
  return {
    lost: [
      ...undelivered.map(({ orderNumber, vendorId }) => `order ${orderNumber} of ${vendorId} was taken, and is not confirmed`),
      ...toFiles
        .filter(({ orderNumber }) => !copies.has(orderNumber))
        .map(({ orderNumber }) => `order ${orderNumber} is no file of ${files.vendorId}`),
    ],
    doubled: [...copies].filter(([, times]) => times > 1).map(([order, times]) => `order ${order} is ${times} files of ${files.vendorId}`),
    differing: await differingFiles(world),
    others: [
      ...(totals.created === inErps ? [] : [`by the hub ${totals.created} orders were created in the ERPs, which have ${inErps}`]),
      ...(totals.openJobs === 0 ? [] : [`${totals.openJobs} jobs are open still`]),
      ...(totals.deadLetters === 0 ? [] : [`${totals.deadLetters} dead letters wait for a person`]),
      ...alerts.refused.map((fault) => `an alert came whose signature is not right: ${fault}`),
      ...judgeProcesses(installation, records),
    ],
  };
}

function copiesOf(numbers: readonly string[]): Map<string, number> {
  const copies = new Map<string, number>();
  for (const number of numbers) copies.set(number, (copies.get(number) ?? 0) + 1);
  return copies;
}

async function readTotals({ installation }: World): Promise<{ created: number; openJobs: number; deadLetters: number }> {
  const { rows } = await installation.pool.query<{ created: number; openJobs: number; deadLetters: number }>(
    // Also those that were cancelled afterwards: they are in the ERPs, as cancelled.
    `select (select count(*)::int from sync_jobs where operation = 'create_order' and status = 'completed') as created,
       (select count(*)::int from sync_jobs where status in ('pending', 'queued', 'processing', 'awaiting_callback')) as "openJobs",
       (select count(*)::int from dead_letter_queue where not resolved) as "deadLetters"`,
  );
  return rows[0] ?? { created: 0, openJobs: 0, deadLetters: 0 };
}

/** What the file of articles says, against what a shop reads. */
async function differingFiles({ files, admin }: World): Promise<string[]> {
  const names = files.names();
  const stored = new Map((await admin.rows('items', files.vendorId)).map(({ sku, name }) => [String(sku), String(name)]));
  return [...new Set([...names.keys(), ...stored.keys()])]
    .filter((sku) => names.get(sku) !== stored.get(sku))
    .map(
      (sku) => `${files.vendorId}: ${sku} is "${names.get(sku) ?? 'nothing'}" in the file and "${stored.get(sku) ?? 'nothing'}" in the hub`,
    );
}

/** Ends that nobody asked for, and errors in logs that no incident explains. An alert of its own is no error of a process. */
function judgeProcesses({ fleet }: World['installation'], records: readonly IncidentRecord[]): string[] {
  const schedule = records.flatMap(({ name }) => {
    const fault = EXPLAINS[name];
    return fault === undefined ? [] : [{ fault, target: name, atMs: 0, forMs: 0 }];
  });
  const lines = fleet.processes.flatMap((hub) => readLog(hub, 0)).filter(({ text }) => !text.includes('"alert":'));
  return [...judgeExits(fleet.unexpectedExits, schedule), ...judgeLogs(lines, schedule)];
}
