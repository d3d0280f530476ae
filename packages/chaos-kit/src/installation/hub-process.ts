import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { endWithThisProcess, forgetGuarded } from '@repo/dev-stack/guard';
import { stopProcess, waitUntil } from '@repo/dev-stack/process';
import { projectRoot } from '@repo/dev-stack/project-root';
import { pauseProcesses, resumeProcesses } from './signals';

export type HubRole = 'all' | 'api' | 'worker' | 'scheduler';

/** An end that nobody asked for. */
export interface UnexpectedExit {
  process: string;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Milliseconds since 1970. */
  at: number;
  /** Whether it had been ready in this run. */
  wasReady: boolean;
  /** What it said last that is no line of its log: the words of Node when it gives up. */
  lastWords: string;
}

const MAIN = process.env['TEST_HUB_MAIN'] ?? path.join(projectRoot(), 'apps/api/dist/main.js');
// Many start at once here, on a machine that may have other work to do.
const READY_WITHIN_MS = 240_000;

/** One process of the built hub. Its output goes to a file, so that a kill loses none of it. */
export class HubProcess {
  readonly baseUrl: string;
  readonly unexpectedExits: UnexpectedExit[] = [];
  private child: ChildProcess | undefined;
  private ready = false;

  constructor(
    readonly name: string,
    readonly role: HubRole,
    private readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
    private readonly logFile: string,
  ) {
    this.baseUrl = `http://127.0.0.1:${port}`;
  }

  /** Starts it and does not wait until it is ready. Nothing happens when it runs. */
  launch(): void {
    if (this.runs) return;
    const log = openSync(this.logFile, 'a');
    const env = { PATH: process.env['PATH'] ?? '', ...this.env, ROLE: this.role, PORT: String(this.port) };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', log, log] });
    closeSync(log);
    this.child = child;
    this.ready = false;
    const { pid } = child;
    if (pid !== undefined) endWithThisProcess(pid);
    child.once('exit', (code, signal) => {
      if (pid !== undefined) forgetGuarded(pid);
      // Whoever ends it has taken it away before.
      if (this.child !== child) return;
      this.unexpectedExits.push({
        process: this.name,
        code,
        signal,
        at: Date.now(),
        wasReady: this.ready,
        lastWords: lastWords(this.log()),
      });
    });
  }

  /** Waits until it serves, and starts it again when it ended meanwhile, as an orchestrator does. */
  async untilReady(): Promise<void> {
    const up = await waitUntil(
      async () => {
        this.launch();
        const reply = await fetch(`${this.baseUrl}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
        return (this.ready = reply?.ok === true);
      },
      { timeoutMs: READY_WITHIN_MS, everyMs: 50 },
    );
    if (!up) throw new Error(`${this.name} is not ready after ${READY_WITHIN_MS} ms; its last words:\n${this.log().slice(-4_000)}`);
  }

  get runs(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** `kill -9`; resolves when it is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || !this.runs) return;
    this.child = undefined;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  pause(): void {
    if (this.runs && this.child?.pid !== undefined) pauseProcesses([this.child.pid]);
  }

  resume(): void {
    if (this.runs && this.child?.pid !== undefined) resumeProcesses([this.child.pid], [this.child.pid]);
  }

  /** Ends it as an orchestrator would; gives its exit code. */
  async stop(): Promise<number | null> {
    const { child } = this;
    this.child = undefined;
    return child === undefined ? null : stopProcess(child);
  }

  /** Everything that it has printed. */
  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }
}

const MOST_WORDS = 15;

function lastWords(log: string): string {
  return log
    .slice(-20_000)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{'))
    .slice(-MOST_WORDS)
    .join('\n');
}
