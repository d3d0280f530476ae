import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchAgent, type AgentRun } from './agent-process';
import type { BenchStack } from './bench-stack';
import { openCountingLine, type CountingLine } from './counting-line';
import { startBenchHub } from './hub-process';
import { median, print, printPromise } from './report';

const WITH_MS = 15_000;
const CUT_MS = 45_000;
const AFTER_MS = 60_000;
const AFTER_S = AFTER_MS / 1_000;

/** Many agents whose line to the hub is cut and mended again: how many requests a second come back, and that nothing is missing. */
export async function benchReturn(stack: BenchStack, { rows: agents = 50 } = {}): Promise<boolean> {
  const folder = mkdtempSync(path.join(tmpdir(), 'return-bench-'));
  const hub = await startBenchHub(await stack.database(), stack.redisUrl);
  const line = await openCountingLine(hub.baseUrl);
  try {
    const simulator = new BenchAgent(folder);
    const forSeconds = (WITH_MS + CUT_MS + AFTER_MS) / 1_000;
    const sizes = `--vendors ${agents} --items 100 --change-rate ${agents} --orders 0 --for ${forSeconds} --settle 120 --json`.split(' ');
    let begun = () => {};
    const beginning = new Promise<void>((resolve) => (begun = resolve));
    const running = simulator.command(
      ['simulate', '--hub', line.url, ...sizes],
      { ERP_SIMULATE_ADMIN_KEY: hub.apiKey },
      {
        onOutput: (output) => void (output.includes('changes and orders begin') && begun()),
      },
    );
    await Promise.race([beginning, running]);
    const returned = await cutAndMend(line);
    return report(agents, returned, await running);
  } finally {
    await line.close();
    await hub.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Requests in each second before the cut and after it. */
async function cutAndMend(line: CountingLine): Promise<{ before: number[]; after: number[] }> {
  const start = performance.now();
  await sleep(WITH_MS);
  await line.cut();
  await sleep(CUT_MS);
  const mended = performance.now();
  await line.mend();
  await sleep(AFTER_MS);
  const seconds = (from: number, count: number) =>
    Array.from({ length: count }, (_, s) => line.requests.filter((at) => at >= from + s * 1_000 && at < from + (s + 1) * 1_000).length);
  return { before: seconds(start, WITH_MS / 1_000), after: seconds(mended, AFTER_S) };
}

function report(agents: number, { before, after }: { before: number[]; after: number[] }, { code, output }: AgentRun): boolean {
  print(`return: ${agents} agents, cut off from the hub for ${CUT_MS / 1_000} s`);
  print(`  requests a second before: median ${median(before)}, most ${Math.max(...before)}`);
  print(
    `  in the seconds after: ${after.slice(0, 20).join(' ')}; most ${Math.max(...after)}, median of the last 20 s ${median(after.slice(-20))}`,
  );
  if (code !== 0) print(`  erp-agent simulate gave ${code}:\n${output.slice(-2_000)}`);
  return [
    printPromise('most requests in a second after the return, against the median before', Math.max(...after) / median(before), '<', 2),
    printPromise('simulated vendors that are equal at the end', code === 0 ? agents : 0, '>=', agents, 'vendors'),
  ].every(Boolean);
}
