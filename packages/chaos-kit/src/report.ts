import type { ChaosResult, VendorTraits } from './run-chaos';

export const print = (line = '') => process.stdout.write(`${line}\n`);

/** What was injected and what came of it, for people. */
export function describeResult(result: ChaosResult): string {
  const { seed, kind, transport, orders, vendors, schedule, erpFaults, mishaps, counts, lost, doubled, faults, stories, tookMs } = result;
  const pairs = (of: Record<string, number>) =>
    Object.entries(of)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  return [
    `seed ${seed} (${kind ?? 'no faults'}, ${transport}): ${kind === 'drift' ? 'rows that drift' : `${orders} orders`} in ${(tookMs / 1000).toFixed(1)} s`,
    ...schedule.map(
      ({ atMs, fault, target, forMs }) =>
        `  ${String(atMs).padStart(6)} ms  ${fault.padEnd(22)} ${target.padEnd(12)}${forMs > 0 ? ` for ${forMs} ms` : ''}`,
    ),
    `  agents: ${pairs(traits(vendors))}`,
    ...(kind === 'drift'
      ? [`  what was done to rows: ${pairs(mishaps)}`]
      : [`  answers of the ERPs: ${pairs(erpFaults)}`, `  mishaps of polling: ${pairs(mishaps) || 'none'}`]),
    `  ${pairs(counts)}`,
    faults.length === 0 ? '  OK: nothing lost, nothing doubled' : `  FAILED: ${lost} lost, ${doubled} doubled, ${faults.length} faults`,
    ...faults.map((fault) => `  - ${fault}`),
    ...stories,
  ].join('\n');
}

/** All runs in two tables of markdown: what came of each kind, and how often each fault was injected. */
export function summariseResults(results: readonly ChaosResult[]): string {
  const groupOf = ({ kind, transport }: ChaosResult) => `${kind ?? 'none'} | ${transport}`;
  const ofOrders = results.filter(({ kind }) => kind !== 'drift');
  const rows = [...new Set(ofOrders.map(groupOf))].map((group) => {
    const runs = ofOrders.filter((result) => groupOf(result) === group);
    const sum = (of: (run: ChaosResult) => number) => runs.reduce((total, run) => total + of(run), 0);
    const cells = [
      group,
      runs.length,
      sum(({ orders }) => orders),
      sum(({ counts }) => counts['attempts'] ?? 0),
      sum(({ schedule }) => schedule.length),
      sum(({ lost }) => lost),
      sum(({ doubled }) => doubled),
      runs.filter(({ faults }) => faults.length > 0).length,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const drifts = results.filter(({ kind }) => kind === 'drift');
  return [
    '| kind | agents | seeds | orders | attempts | faults injected | lost | doubled | failed seeds |',
    '| --- | --- | --: | --: | --: | --: | --: | --: | --: |',
    ...rows,
    ...(drifts.length > 0 ? ['', ...summariseDrift(drifts)] : []),
    '',
    '| fault | injected |',
    '| --- | --: |',
    ...injected(results).map(([name, count]) => `| ${name} | ${count} |`),
  ].join('\n');
}

/** What became of rows that drifted. */
function summariseDrift(runs: readonly ChaosResult[]): string[] {
  const sum = (of: (run: ChaosResult) => number) => runs.reduce((total, run) => total + of(run), 0);
  const count = (...names: string[]) => sum(({ counts }) => names.reduce((total, name) => total + (counts[name] ?? 0), 0));
  const cells = [
    runs.length,
    sum(({ vendors }) => vendors.length),
    sum(({ mishaps }) => Object.values(mishaps).reduce((total, times) => total + times, 0)),
    sum(({ schedule }) => schedule.length),
    count('in_sync', 'drift_resolved', 'unresolved', 'agent_unreachable', 'held_too_many_deletes'),
    count('drift_resolved'),
    count('written', 'parked'),
    count('deleted'),
    sum(({ lost }) => lost),
    runs.filter(({ faults }) => faults.length > 0).length,
  ];
  return [
    '| seeds of drift | vendors | acts | faults injected | comparisons | that healed | rows written | rows deleted | rows wrong | failed seeds |',
    '| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |',
    `| ${cells.join(' | ')} |`,
  ];
}

/** Kills and pauses by whom they hit; the answers of ERPs that were not plainly good. */
function injected(results: readonly ChaosResult[]): [string, number][] {
  const counts = new Map<string, number>();
  const add = (name: string, count: number) => counts.set(name, (counts.get(name) ?? 0) + count);
  for (const { kind, vendors, schedule, erpFaults, mishaps } of results) {
    for (const { fault, target } of schedule) add(`${fault} of ${target.replace(/-\d+$/, '')}`, 1);
    for (const [name, count] of Object.entries(traits(vendors))) add(`agents: ${name}`, count);
    for (const [name, count] of Object.entries(mishaps)) add(`${kind === 'drift' ? 'rows' : 'polling'}: ${name}`, count);
    for (const [name, count] of Object.entries(erpFaults)) if (name !== 'complete' && name !== 'accept') add(`ERP: ${name}`, count);
  }
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}

/** What agents are like, and how many of them. */
function traits(vendors: readonly VendorTraits[]): Record<string, number> {
  const having = (is: (vendor: VendorTraits) => boolean) => vendors.filter(is).length;
  return {
    push: having(({ transport }) => transport === 'push'),
    pull: having(({ transport }) => transport === 'pull'),
    'two machines': having(({ machines }) => machines > 1),
    'clock off': having(({ clockSkewMs = 0 }) => clockSkewMs !== 0),
  };
}
