import { parseArgs } from 'node:util';
import { benchAgent } from './agent.bench';
import { startBenchStack, type BenchStack } from './bench-stack';
import { benchDelivery } from './delivery.bench';
import { benchDigests } from './digests.bench';
import { benchFlood } from './flood.bench';
import { benchHangingVendor } from './hanging-vendor.bench';
import { benchHeartbeat } from './heartbeat.bench';
import { benchIngest } from './ingest.bench';
import { benchMemory } from './memory.bench';
import { benchMessy } from './messy.bench';
import { benchOperations } from './operations.bench';
import { benchOutboxGrowth } from './outbox-growth.bench';
import { benchPolling } from './polling.bench';
import { benchReconciliation } from './reconciliation.bench';
import { print, printMachine } from './report';
import { benchReturn } from './return.bench';

/** Of those benches that know them. */
interface Sizes {
  rows?: number;
  rounds?: number;
  seconds?: number;
}

const BENCHES: Record<string, (stack: BenchStack, sizes: Sizes) => Promise<boolean>> = {
  ingest: benchIngest,
  heartbeat: benchHeartbeat,
  memory: benchMemory,
  flood: benchFlood,
  delivery: benchDelivery,
  outbox: benchOutboxGrowth,
  hanging: benchHangingVendor,
  polling: benchPolling,
  agent: benchAgent,
  messy: benchMessy,
  return: benchReturn,
  reconciliation: benchReconciliation,
  digests: benchDigests,
  operations: benchOperations,
};

/** `pnpm bench [name …] [--rows N]`: measures, prints, and exits with 1 when a promise does not hold. */
async function main(args: string[]): Promise<void> {
  const { values, positionals: names } = parseArgs({ args, allowPositionals: true, options: { rows: { type: 'string' } } });
  const rows = Number(values.rows ?? 1);
  if (!Number.isSafeInteger(rows) || rows < 1) throw new Error('--rows takes a whole number of at least 1');
  const unknown = names.filter((name) => BENCHES[name] === undefined);
  if (unknown.length > 0) {
    print(`There is no bench ${unknown.join(', ')}: take ${Object.keys(BENCHES).join(', ')}, or none for all.`);
    process.exitCode = 1;
    return;
  }
  printMachine();
  const sizes: Sizes = values.rows === undefined ? {} : { rows };
  const stack = await startBenchStack();
  try {
    for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
      print();
      if (!(await (BENCHES[name] as (typeof BENCHES)[string])(stack, sizes))) process.exitCode = 1;
    }
  } finally {
    await stack.stop();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  print(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
