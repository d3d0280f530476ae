import { endRequest, exitCodeOf } from './run.mjs';

const TAIL_LINES = 40;

/** A step that did not succeed; what there is to say about it has been printed. */
export class StepFailed extends Error {}

/** The user asked for the end while a step ran. */
export class Interrupted extends Error {
  constructor(signal) {
    super(`Interrupted by ${signal}`);
    this.exitCode = exitCodeOf(signal);
  }
}

/**
 * Runs one named step and prints how long it took. `work` returns `{ code, output }` as `run` does, or a value of its own;
 * a code other than 0, or an exception, fails the step: then the end of the output is shown and `advice`, one line that says
 * what to do. With `live` the command's own output is on the screen; `besides` others, all is said at the end.
 */
export async function step(name, advice, work, { live = false, besides = false } = {}) {
  const start = performance.now();
  const heading = `▸ ${name} … `;
  if (!besides) process.stdout.write(`${heading}${live ? '\n' : ''}`);
  let result;
  let trouble = null;
  try {
    result = await work();
    if (result && result.code) trouble = live ? '' : result.output;
  } catch (error) {
    // Errors of the development servers say in their message what to do; of any other one the place is wanted.
    trouble = error.name === 'DevStackError' ? error.message : error.stack;
  }
  const took = seconds(performance.now() - start);
  if (besides) process.stdout.write(heading);
  if (endRequest()) {
    console.log(`interrupted after ${took}`);
    throw new Interrupted(endRequest());
  }
  if (trouble === null) {
    console.log(live ? `▸ ${name} took ${took}` : took);
    return result;
  }
  console.log(live ? `▸ ${name} failed after ${took}` : `failed after ${took}`);
  if (trouble !== '') console.log(tail(trouble));
  console.log(`  → ${advice}`);
  throw new StepFailed(name);
}

/** Does all of these works, `width` of them at a time, begun in their order. Returns their results in the same order. */
export async function sideBySide(works, width) {
  const results = [];
  const open = works.entries();
  const worker = async () => {
    for (const [index, work] of open) results[index] = await work();
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** The last lines of an output, indented. */
export function tail(text, lines = TAIL_LINES) {
  const all = text.trimEnd().split('\n');
  const shown = all.slice(-lines).map((line) => `  │ ${line}`);
  return [...(all.length > lines ? [`  │ … ${all.length - lines} lines before`] : []), ...shown].join('\n');
}

/** `12.3 s`, or `2 min 5 s` from a minute on. */
export function seconds(ms) {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Ends the process with the exit code of `main`, which has said all there is to say about an expected failure. */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (error instanceof Interrupted) process.exitCode = error.exitCode;
    else {
      process.exitCode = 1;
      if (!(error instanceof StepFailed)) console.error(error);
    }
  }
}
