import path from 'node:path';
import { dataFolder } from '@repo/dev-stack/project-root';
import { runDrift } from './drift/run-drift';
import { Installation } from './installation/installation';
import { readArguments, USAGE, type ChaosArguments } from './read-arguments';
import { describeResult, print, summariseResults } from './report';
import { ResultsFile } from './results-file';
import { runChaos, type ChaosResult } from './run-chaos';
import type { RunKind } from './schedule/chaos-fault';

/** A run of the full size: so many milliseconds an order, and one fault of the environment in so many. */
const MS_PER_ORDER = 20;
const MS_PER_FAULT = 1_000;
const VENDORS = 10;
const LONGEST_FAULT_MS = 10_000;
/** A run that is about rows that drift. */
const DRIFT = { vendors: 6, rows: 300, acts: 40, faults: 12, withinMs: 15_000, longestMs: 4_000 };

let endAsked = false;

async function main(args: readonly string[]): Promise<void> {
  const wanted = readArguments(args);
  const file = wanted.resume ?? path.join(dataFolder(), 'chaos', `results-${new Date().toISOString().replaceAll(':', '-')}.jsonl`);
  const results = new ResultsFile(file);
  print(`results are kept in ${file}; --resume ${file} goes on from there\n`);
  const done: ChaosResult[] = [];
  for (const { kind, seed } of seedsOf(wanted)) {
    if (endAsked) break;
    const before = results.find(seed, kind === 'drift' ? 0 : wanted.orders, wanted.transport);
    const result = before ?? (await runSeed(seed, kind, wanted));
    if (before === undefined) results.add(result);
    done.push(result);
    print(before === undefined ? `${describeResult(result)}\n` : `seed ${seed}: finished before\n`);
  }
  print(summariseResults(done));
  const failed = done.filter(({ faults }) => faults.length > 0).map(({ seed }) => seed);
  print(failed.length === 0 ? '\nevery seed held' : `\nthese seeds failed: ${failed.join(', ')}`);
  if (failed.length > 0 || endAsked) process.exitCode = 1;
}

/** By number, so that a series that is broken off has met every kind. */
function seedsOf({ seeds, from, kinds }: ChaosArguments): { kind: RunKind; seed: string }[] {
  return Array.from({ length: seeds }, (_, i) => kinds.map((kind) => ({ kind, seed: `${kind}-${from + i}` }))).flat();
}

/** On an installation of its own, so that a seed meets the same whatever ran before it. */
async function runSeed(seed: string, kind: RunKind, { orders, transport }: ChaosArguments): Promise<ChaosResult> {
  const installation = await Installation.start();
  let keepLogs = true;
  try {
    const withinMs = Math.max(10_000, orders * MS_PER_ORDER);
    const faults = Math.round(withinMs / MS_PER_FAULT);
    const sizes = { orders, vendors: VENDORS, faults, withinMs, longestMs: LONGEST_FAULT_MS };
    const result =
      kind === 'drift'
        ? await runDrift(installation, { seed, transport, ...DRIFT })
        : await runChaos(installation, { seed, kind, transport, ...sizes, restWithinMs: 180_000 });
    keepLogs = result.faults.length > 0;
    return result;
  } finally {
    if (keepLogs) print(`the logs of seed ${seed} are in ${installation.logFolder}`);
    await installation.stop({ keepLogs });
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second time there is no patience left; everything that was started ends with this process.
    if (endAsked) process.exit(1);
    endAsked = true;
    print('ending after this seed; once more ends at once');
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  print(error instanceof Error ? (error.stack ?? error.message) : String(error));
  print(USAGE);
  process.exitCode = 1;
});
