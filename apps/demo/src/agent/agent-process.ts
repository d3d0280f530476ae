import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stopProcess } from '@repo/dev-stack/process';
import { projectRoot } from '@repo/dev-stack/project-root';
import type { Ending } from '@repo/terminal/ending';
import { DemoFailure } from '../failures';

/** The agent finishes what is under way for up to 8 seconds. */
const STOP_GRACE_MS = 10_000;
const END_WITH_PARENT = path.join(__dirname, '../hub/end-with-parent.js');

/** The built command `erp-agent` in the vendor's folder, as a vendor has it: nothing of the hub but what its people were told. */
export class AgentProcess {
  private child: ChildProcess | undefined;
  readonly logFile: string;

  constructor(private readonly folder: string) {
    this.logFile = path.join(folder, 'erp-agent.log');
  }

  /** Registers it and has its configuration written. */
  async init(args: { hub: string; vendor: string; folder: string; code: string }): Promise<void> {
    const { code, ...given } = args;
    const options = Object.entries({ ...given, erp: 'CSV files' }).flatMap(([name, value]) => [`--${name}`, value]);
    const child = this.launch(['init', ...options], 'a', { ERP_AGENT_CODE: code });
    const [exit] = (await once(child, 'exit')) as [number | null];
    if (exit !== 0) throw new DemoFailure(`erp-agent init gave ${exit}: ${readFileSync(this.logFile, 'utf8')}`);
  }

  /** `erp-agent run`. Should it end by itself, the demo ends with it. */
  run(ending: Ending): void {
    const child = this.launch(['run'], 'a');
    this.child = child;
    child.once('exit', (code, signal) => {
      if (this.child === child) ending.request(new DemoFailure(`The agent ended by itself (${code ?? signal}): see ${this.logFile}`));
    });
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child !== undefined) await stopProcess(child, { graceMs: STOP_GRACE_MS });
  }

  private launch(args: readonly string[], flags: string, env: Record<string, string> = {}): ChildProcess {
    const program = path.join(projectRoot(), 'apps/agent/dist/main.js');
    if (!existsSync(program)) throw new DemoFailure('The agent is not built: run `npm run demo`, which builds it first');
    const output = openSync(this.logFile, flags);
    try {
      // In a session of its own, as the hub: Ctrl-C in the terminal is for the demo.
      return spawn(process.execPath, ['--require', END_WITH_PARENT, program, ...args], {
        cwd: this.folder,
        env: { PATH: process.env['PATH'] ?? '', ...env },
        detached: true,
        stdio: ['ignore', output, output, 'ipc'],
      });
    } finally {
      closeSync(output);
    }
  }
}
