import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { endWithThisProcess, forgetGuarded } from '@repo/dev-stack/guard';
import { projectRoot } from '@repo/dev-stack/project-root';

const MAIN = path.join(projectRoot(), 'apps/agent/dist/main.js');

/** The built command `erp-agent` in a folder of its own. */
export class AgentProcess {
  private child: ChildProcess | undefined;

  constructor(
    readonly folder: string,
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  /** Runs a command to its end. */
  async command(...args: string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: this.folder, env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  /** Starts `erp-agent run`, or another command that goes on until it is ended. */
  start(...args: readonly string[]): void {
    const log = openSync(this.logFile, 'a');
    const command = args.length === 0 ? ['run'] : args;
    const child = spawn(process.execPath, [MAIN, ...command], { cwd: this.folder, env: this.environment, stdio: ['ignore', log, log] });
    closeSync(log);
    this.child = child;
    const { pid } = child;
    if (pid === undefined) return;
    endWithThisProcess(pid);
    child.once('exit', () => forgetGuarded(pid));
  }

  get runs(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Ends it by a signal, and waits until it is gone; gives its exit code. While one waits another may send a harder signal. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (child === undefined) return null;
    if (!this.runs) throw new Error(`the agent had ended by itself:\n${this.log().slice(-3_000)}`);
    const gone = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    const [code] = await gone;
    if (this.child === child) this.child = undefined;
    return code;
  }

  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  get logFile(): string {
    return path.join(this.folder, 'agent-process.log');
  }

  private get environment(): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', ...this.env };
  }
}
