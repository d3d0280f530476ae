import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A Node process of its own that has run some code against the built package. */
export interface OwnerProcess {
  child: ChildProcess;
  /** What the code returned, read from the process's first line. */
  result: Promise<Record<string, unknown>>;
}

const DIST = join(__dirname, '..', 'dist');

/**
 * Runs the body of an async function in another process, which stays until it is killed, or until this one ends. The body gets `load('postgres')`
 * for a module of the built package, and its return value comes back as JSON.
 */
export function runInProcess(body: string, env: NodeJS.ProcessEnv = {}): OwnerProcess {
  const code = `
    const load = (name) => require(${JSON.stringify(DIST)} + '/' + name);
    (async () => { ${body} })().then(
      (value) => { console.log(JSON.stringify(value ?? {})); process.stdin.resume().once('close', () => process.exit(1)); },
      (error) => { console.log(JSON.stringify({ error: String(error) })); process.exit(1); },
    );`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const result = new Promise<Record<string, unknown>>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as Record<string, unknown>));
    child.once('close', () => reject(new Error('The process ended without a result')));
  });
  return { child, result };
}

/** A folder of a test's own. */
export function temporaryFolder(): string {
  // Within the run's own folder, which goes also when the run is interrupted.
  return mkdtempSync(join(process.env.TEST_RESULTS_DIR ?? tmpdir(), 'dev-stack-'));
}
