import { readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';
import { step } from './steps.mjs';

/** The project's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const { packageManager } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** The environment of every command: no telemetry, no hints about newer versions, and `pnpm` on the path once it is found. */
export const environment = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
};

/** Runs pnpm with the arguments, in the project's root. */
export function pnpm(args, { env = {}, live } = {}) {
  return run('pnpm', args, { cwd: root, env: { ...environment, ...env }, live });
}

/** Runs turbo, which finds pnpm on its path this way. */
export function turbo(args, options) {
  return pnpm(['exec', 'turbo', ...args], options);
}

/** Installs what the lock file pins, from nothing or from whatever is there. */
export function install() {
  return step('Install', 'Check that the npm registry can be reached, then try again', async () => {
    const found = await findPnpm();
    if (found.code) return found;
    return pnpm(['install', '--frozen-lockfile', '--reporter=append-only', '--config.confirm-modules-purge=false']);
  });
}

/** Builds the packages that the filters name, or all. */
export function build(...filters) {
  return step('Build', 'Correct what the compiler names', () =>
    turbo(['build', '--output-logs=errors-only', ...filters.map((filter) => `--filter=${filter}`)]),
  );
}

/** Builds everything without checking types, for those who check them afterwards. */
export function buildUnchecked() {
  return step('Build', 'Correct what the compiler names', () => turbo(['build', '--output-logs=errors-only', '--', '--noCheck']));
}

/**
 * The pinned pnpm, by npx: a machine with only Node has no other, and one that has another gets the same as everyone. Asked
 * for its place once, since every start through npx costs a second. Without a network an installed one must do.
 */
async function findPnpm() {
  const pinned = await run('npx', ['--yes', '--package', packageManager, '--call', 'command -v pnpm'], { cwd: root, env: environment });
  const place = pinned.output.split('\n').find((line) => /^\/.*pnpm$/.test(line));
  if (pinned.code === 0 && place) {
    environment.PATH = `${dirname(place)}${delimiter}${environment.PATH}`;
    return pinned;
  }
  const installed = await run('pnpm', ['--version'], { cwd: root, env: environment });
  return installed.code === 0 ? installed : pinned;
}
