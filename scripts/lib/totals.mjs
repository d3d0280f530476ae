import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Adds up the `{ passed, failed, skipped }` files that the packages' test runs left in a folder. */
export function readTotals(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
    .reduce(addTotals, { passed: 0, failed: 0, skipped: 0 });
}

export function addTotals(one, other) {
  return { passed: one.passed + other.passed, failed: one.failed + other.failed, skipped: one.skipped + other.skipped };
}

/** The totals of Node's own test runner, from its TAP output. */
export function tapTotals(output) {
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  return { passed: count('pass'), failed: count('fail') + count('cancelled'), skipped: count('skipped') + count('todo') };
}

/**
 * The last line of a run and its exit code, which must not disagree: a failed step counts as one failure, unless failed
 * tests have been counted for it, and so does a run without any test.
 */
export function verdict({ passed, failed, skipped }, failedSteps) {
  const nothingRan = passed === 0 && failed === 0 && failedSteps === 0;
  const failures = failed + failedSteps + (nothingRan ? 1 : 0);
  return {
    line: `${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    exitCode: failures === 0 ? 0 : 1,
  };
}
