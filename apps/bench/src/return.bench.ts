import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchAgent, type AgentRun } from './agent-process';
import type { BenchStack } from './bench-stack';
import { openCountingLine, type CountedRequest, type CountingLine } from './counting-line';
import { startBenchHub } from './hub-process';
import { median, print, printPromise } from './report';

/** A whole minute: each vendor sends everything once in it, and the hub compares some, as it does afterwards. */
const WITH_MS = 60_000;
const CUT_MS = 45_000;
const AFTER_MS = 60_000;
const AFTER_S = AFTER_MS / 1_000;
/** So many seconds after the return are shown by path. */
const SHOWN_S = 20;
const ANSWER = '/api/agents/calls/:id/reply';

/** Requests, by the second in which they set out. */
type BySecond = CountedRequest[][];

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
async function cutAndMend(line: CountingLine): Promise<{ before: BySecond; after: BySecond }> {
  const start = performance.now();
  await sleep(WITH_MS);
  await line.cut();
  await sleep(CUT_MS);
  const mended = performance.now();
  await line.mend();
  await sleep(AFTER_MS);
  const seconds = (from: number, count: number) =>
    Array.from({ length: count }, (_, s) => line.requests.filter(({ at }) => at >= from + s * 1_000 && at < from + (s + 1) * 1_000));
  return { before: seconds(start, WITH_MS / 1_000), after: seconds(mended, AFTER_S) };
}

function report(agents: number, returned: { before: BySecond; after: BySecond }, { code, output }: AgentRun): boolean {
  const [before, after] = [counts(returned.before), counts(returned.after)];
  print(`return: ${agents} agents, cut off from the hub for ${CUT_MS / 1_000} s`);
  const [ownBefore, ownAfter] = [ownCounts(returned.before), ownCounts(returned.after)];
  print(`  requests a second before: median ${median(before)}, most ${Math.max(...before)}`);
  print(`    without calls of the hub: median ${median(ownBefore)}, most ${Math.max(...ownBefore)}; most after ${Math.max(...ownAfter)}`);
  print(
    `  in the seconds after: ${after.slice(0, SHOWN_S).join(' ')}; most ${Math.max(...after)}, median of the last 20 s ${median(after.slice(-20))}`,
  );
  const busiest = after.indexOf(Math.max(...after));
  for (const path of new Set([...returned.before, ...returned.after].flat().map((request) => request.path))) {
    const [was, is] = [returned.before, returned.after].map((seconds) => counts(seconds, path)) as [number[], number[]];
    print(`    ${path.padEnd(30)} median ${median(was)} before; ${is.slice(0, SHOWN_S).join(' ')}; in second ${busiest} ${is[busiest]}`);
  }
  if (code !== 0) print(`  erp-agent simulate gave ${code}:\n${output.slice(-2_000)}`);
  return [
    printPromise(
      'most requests in a second after the return, against the median before',
      Math.max(...ownAfter) / median(ownBefore),
      '<',
      2,
    ),
    printPromise('simulated vendors that are equal at the end', code === 0 ? agents : 0, '>=', agents, 'vendors'),
  ].every(Boolean);
}

/**
 * How many agents came with by themselves in each second: not the answers to calls of the hub, nor the polls that fetch the next.
 * One vendor that is compared answers ten calls within 0.1 s; when it is, the hub says, and it does so before the cut, too.
 */
function ownCounts(seconds: BySecond): number[] {
  const answers = counts(seconds, ANSWER);
  return counts(seconds).map((count, second) => count - 2 * (answers[second] ?? 0));
}

/** How many in each second; of one path when it is said. */
function counts(seconds: BySecond, path?: string): number[] {
  return seconds.map((requests) => requests.filter((each) => path === undefined || each.path === path).length);
}
