import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateCatalogue } from '@repo/sample-data/generate-catalogue';
import { BenchAgent, type AgentRun } from './agent-process';
import { articleSource, writeArticles } from './article-file';
import type { BenchStack } from './bench-stack';
import { openCountingLine, type CountingLine } from './counting-line';
import { startBenchHub, type BenchHub } from './hub-process';
import { median, print, printPromise, whole } from './report';

const MB = 1_000_000;

/** The agent's process on a file of a million articles: a whole push, the same again, and one that is killed half-way and goes on. */
export async function benchAgent(stack: BenchStack, { rows = 1_000_000 } = {}): Promise<boolean> {
  const folder = mkdtempSync(path.join(tmpdir(), 'agent-bench-'));
  const hub = await startBenchHub(await stack.database(), stack.redisUrl);
  const line = await openCountingLine(hub.baseUrl);
  try {
    const bytes = await writeArticles(path.join(folder, 'ARTICLES.csv'), rows);
    print(`agent: ${whole(rows)} articles in a CSV file of ${whole(bytes / MB)} MB, full push by \`erp-agent push --full\``);
    const whole1 = await enrolled(hub, line, folder, 'whole');
    const first = await pushed('first', line, whole1, rows);
    const second = await pushed('the same again', line, whole1, rows);

    const cut = await enrolled(hub, line, folder, 'killed');
    const before = line.sentBytes();
    const killed = await cut.command(['push', '--full'], {}, { killWhen: () => line.sentBytes() - before > first.sent / 2 });
    if (killed.code !== null) throw new Error(`it was not killed, and gave ${killed.code}:\n${killed.output}`);
    const sentBefore = line.sentBytes() - before;
    print(`  killed after ${whole(sentBefore)} bytes sent, ${killed.seconds.toFixed(0)} s`);
    const resumed = await pushed('gone on', line, cut, rows);
    return [
      ...[first, second, killed, resumed].map((run, i) =>
        printPromise(`resident memory, at most (${['first', 'again', 'killed', 'gone on'][i]})`, most(run) / MB, '<', 200, 'MB'),
      ),
      printPromise('last fifth against second, first push', fifth(first, 4) / fifth(first, 1), '<', 1.1),
      printPromise('bytes of the unchanged second push', second.sent / first.sent, '<', 0.05),
      printPromise('bytes of killed and gone on, against one push', (sentBefore + resumed.sent) / first.sent, '<', 1.1),
    ].every(Boolean);
  } finally {
    await line.close();
    await hub.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function enrolled(hub: BenchHub, line: CountingLine, folder: string, vendorId: string): Promise<BenchAgent> {
  const admin = { 'x-api-key': hub.apiKey };
  const mappings = [...generateCatalogue({ seed: 1, items: 1, at: new Date() }).mappings()];
  await hub.post('/api/admin/mappings/seed', admin, { vendorId, mappings });
  const { code } = (await hub.post(`/api/admin/agents/${vendorId}/enrolment`, admin, {})) as { code: string };
  const agent = new BenchAgent(path.join(folder, vendorId));
  await agent.enrol(line.url, vendorId, code, articleSource(folder));
  return agent;
}

async function pushed(name: string, line: CountingLine, agent: BenchAgent, rows: number): Promise<AgentRun & { sent: number }> {
  const before = line.sentBytes();
  const run = await agent.command(['push', '--full']);
  if (run.code !== 0) throw new Error(`${name}: erp-agent push gave ${run.code}:\n${run.output.slice(-2_000)}`);
  const sent = line.sentBytes() - before;
  const rate = whole(rows / run.seconds);
  print(
    `  ${name.padEnd(16)} ${whole(sent).padStart(11)} bytes sent, ${run.seconds.toFixed(0)} s, ${rate} rows/s; memory: median ${whole(
      median(run.samples.map(({ all }) => all)) / MB,
    )} MB, most ${whole(most(run) / MB)} MB (${whole(Math.max(...run.samples.map(({ anonymous }) => anonymous)) / MB)} MB without mapped files)`,
  );
  return { ...run, sent };
}

const most = ({ samples }: AgentRun) => samples.reduce((highest, { all }) => Math.max(highest, all), 0);

/** The median of what was resident in a fifth of the time (from 0). */
function fifth({ samples }: AgentRun, which: number): number {
  const part = (at: number) => Math.floor((samples.length * at) / 5);
  return median(samples.slice(part(which), part(which + 1)).map(({ all }) => all));
}
