import type { Installation } from '../installation/installation';
import type { ChaosVendor } from '../load/connect-vendors';
import type { PlannedOrder } from '../load/draw-load';
import type { LoadRecord } from '../load/run-load';
import type { ChaosFault } from '../schedule/chaos-fault';
import { judgeExits, judgeLogs, readLog } from './judge-logs';
import { judgeOrders } from './judge-orders';
import { readFacts, type Facts } from './read-facts';
import { tellStory } from './tell-story';

export interface Judged {
  erpFaults: Record<string, number>;
  mishaps: Record<string, number>;
  counts: Record<string, number>;
  lost: number;
  doubled: number;
  faults: string[];
  stories: string[];
}

const LOST = /is lost|is confirmed, but is not in the ERP|was not answered|has no job that creates it/;
const DOUBLED = /times in the ERP|was cancelled \d+ times/;
const MOST_STORIES = 5;

/** What was said and done before a run, which is none of its concern. */
export interface Before {
  at: number;
  logLengths: ReadonlyMap<string, number>;
}

/** One run, as far as its clients and its injector know it. */
export interface EndedRun {
  vendors: readonly ChaosVendor[];
  planned: readonly PlannedOrder[];
  load: LoadRecord;
  schedule: readonly ChaosFault[];
  before: Before;
  /** What is known to be wrong already. */
  found: readonly string[];
}

/** To be called before a run begins. */
export function lookBefore({ fleet }: Installation): Before {
  return { at: Date.now(), logLengths: new Map(fleet.processes.map((hub) => [hub.name, hub.log().length])) };
}

/** Compares what the hub, the ERPs and the clients say once nothing is under way. */
export async function judgeRun(installation: Installation, { vendors, planned, load, schedule, before, found }: EndedRun): Promise<Judged> {
  const { pool, fleet } = installation;
  const erps = installation.erps.map(({ erp }) => erp);
  const vendorIds = vendors.map(({ vendorId }) => vendorId);
  const ofRun = <T extends { vendorId: string }>(lists: readonly (readonly T[])[]) =>
    lists.flat().filter(({ vendorId }) => vendorIds.includes(vendorId));
  const facts = await readFacts(pool, vendorIds);
  const ledger = ofRun(await Promise.all(erps.map((erp) => erp.ledger())));
  const strayCancels = ofRun(await Promise.all(erps.map((erp) => erp.strayCancels())));
  const calls = ofRun(await Promise.all(erps.map((erp) => erp.calls())));
  const mishaps = ofRun(await Promise.all(erps.map((erp) => erp.mishaps())));
  const logs = fleet.processes.flatMap((hub) => readLog(hub, before.logLengths.get(hub.name) ?? 0));
  const exits = fleet.unexpectedExits.filter(({ at }) => at >= before.at);
  const faults = [
    ...found,
    ...judgeOrders({ vendors, planned, load, facts, ledger, strayCancels, calls }),
    ...judgeExits(exits, schedule),
    ...judgeLogs(logs, schedule),
  ];
  const numbers = new Set(faults.flatMap((fault) => /^order (\S+): /.exec(fault)?.[1] ?? []));
  const stories: string[] = [];
  for (const number of [...numbers].slice(0, MOST_STORIES)) {
    stories.push(await tellStory(number, { pool, ledger, calls, logs }));
  }
  const about = (pattern: RegExp) => faults.filter((fault) => pattern.test(fault)).length;
  return {
    erpFaults: tally(calls.map(({ fault }) => fault)),
    mishaps: tally(mishaps.map(({ kind }) => kind)),
    counts: countsOf(facts, calls.length),
    lost: about(LOST),
    doubled: about(DOUBLED),
    faults,
    stories,
  };
}

/** How often each name is among them. */
function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function countsOf({ orders, jobs, openDeadLetters, resolvedDeadLetters }: Facts, calls: number): Record<string, number> {
  const having = (status: string) => orders.filter(({ erpStatus }) => erpStatus === status).length;
  return {
    orders: orders.length,
    confirmed: having('confirmed'),
    cancelled: having('cancelled'),
    failed: having('failed'),
    jobs: jobs.length,
    attempts: jobs.reduce((sum, { attemptNo }) => sum + attemptNo, 0),
    calls,
    openDeadLetters: openDeadLetters.length,
    resolvedDeadLetters,
  };
}
