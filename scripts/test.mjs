// `npm test`: everything that must hold before a change is taken, from a bare checkout, on servers of its own.
import './lib/node-version.mjs';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildUnchecked, environment, install, pnpm, root, turbo } from './lib/project.mjs';
import { endCommandsOnRequest, run } from './lib/run.mjs';
import { StepFailed, runMain, sideBySide, step } from './lib/steps.mjs';
import { addTotals, readTotals, tapTotals, verdict } from './lib/totals.mjs';

/** What is checked without running the code; two at a time, the longest first. */
const CHECKS = [
  // Both in one pass over all packages: the linter has the types in hand.
  ['Types and lint', 'Correct what it names; `pnpm check` shows it again', () => pnpm(['check'])],
  ['Architecture', 'Turn the arrow round: see the rules in .dependency-cruiser.cjs', () => pnpm(['architecture'])],
  ['Format', 'Run `pnpm format`', () => pnpm(['format:check'])],
];
const CHECKS_AT_ONCE = 2;

const NONE = { passed: 0, failed: 0, skipped: 0 };

/** Goes on after a failed step, so that one run shows all that is wrong. Returns whether the step succeeded. */
async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof StepFailed) return false;
    throw error;
  }
}

async function testScripts() {
  let totals = NONE;
  const folder = join(root, 'scripts', 'lib');
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs'));
  const succeeded = await attempt(() =>
    step('Test the scripts', 'The failed tests are named above', async () => {
      const args = ['--test', '--test-reporter=tap', ...files.map((name) => join(folder, name))];
      const result = await run(process.execPath, args, { cwd: root, env: environment });
      totals = tapTotals(result.output);
      return result;
    }),
  );
  return { succeeded, totals };
}

async function testPackages() {
  const { startTestServers } = await import('../packages/dev-stack/dist/test-servers.js');
  const results = mkdtempSync(join(tmpdir(), 'test-results-'));
  let servers = null;
  try {
    const succeeded = await attempt(async () => {
      await step('Start PostgreSQL and Redis', 'Do what the line above says', async () => {
        // Kept in this very moment: the step does not return when Ctrl-C came meanwhile, and they must be stopped then, too.
        servers = await startTestServers({ root });
      });
      const env = { TEST_DATABASE_URL: servers.databaseUrl, TEST_REDIS_URL: servers.redisUrl, TEST_RESULTS_DIR: results };
      const args = ['test', '--only', '--continue', '--concurrency=3', '--output-logs=new-only', '--log-prefix=none', '--ui=stream'];
      const test = (what, filter) =>
        step(what, 'The failed tests are named above', () => turbo([...args, `--filter=${filter}`], { env, live: true }), { live: true });
      const most = await attempt(() => test('Test', '!@repo/dev-stack'));
      // It kills servers and starts them again at once: alone, and also when others failed.
      await test('Test the servers of development', '@repo/dev-stack');
      if (!most) throw new StepFailed();
    });
    return { succeeded, totals: readTotals(results) };
  } finally {
    await servers?.stop();
    // Servers of an interrupted test may still be writing their last into it.
    rmSync(results, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

async function main() {
  endCommandsOnRequest();
  let failedSteps = 0;
  let totals = NONE;
  if ((await attempt(install)) && (await attempt(buildUnchecked))) {
    const checks = CHECKS.map(
      ([name, advice, work]) =>
        () =>
          attempt(() => step(name, advice, work, { besides: true })),
    );
    failedSteps += (await sideBySide(checks, CHECKS_AT_ONCE)).filter((succeeded) => !succeeded).length;
    for (const test of [testScripts, testPackages]) {
      const outcome = await test();
      totals = addTotals(totals, outcome.totals);
      // Failed tests count as themselves; a run that failed without one broke down.
      if (!outcome.succeeded && outcome.totals.failed === 0) failedSteps++;
    }
  } else failedSteps++;
  const { line, exitCode } = verdict(totals, failedSteps);
  console.log(line);
  return exitCode;
}

await runMain(main);
