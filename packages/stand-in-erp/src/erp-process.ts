import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { CommandName, Commands, ControlReply, ControlRequest } from './control';

// From `src` too, where tests of this package run: a process of its own needs the build.
const PROGRAM = path.join(__dirname, '..', 'dist', 'main.js');

type Pending = { resolve: (value: never) => void; reject: (error: Error) => void };

/** One run of the ERP's process, and the wire to it. */
export class ErpProcess {
  private readonly pending = new Map<number, Pending>();
  /** Resolves when the process is gone, however it ended. */
  readonly gone: Promise<void>;
  private nextId = 1;

  private constructor(private readonly child: ChildProcess) {
    this.gone = new Promise((resolve) => {
      child.once('exit', () => {
        this.abandon();
        resolve();
      });
    });
    child.on('message', ({ id, ...reply }: ControlReply) => {
      const waiting = this.pending.get(id);
      this.pending.delete(id);
      if ('error' in reply) waiting?.reject(new Error(`stand-in ERP: ${reply.error}`));
      else waiting?.resolve(reply.value as never);
    });
  }

  /** @throws when the process cannot be started */
  static async start(ledgerFile: string): Promise<ErpProcess> {
    const child = spawn(process.execPath, [PROGRAM, ledgerFile], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const run = new ErpProcess(child);
    await once(child, 'spawn');
    return run;
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Rejects with what the process says went wrong, or when it ends before it has answered. */
  call<K extends CommandName>(command: K, ...args: Parameters<Commands[K]>): Promise<Awaited<ReturnType<Commands[K]>>> {
    return new Promise((resolve, reject) => {
      const request: ControlRequest = { id: this.nextId, command, args };
      this.nextId += 1;
      this.pending.set(request.id, { resolve, reject });
      if (this.child.connected) this.child.send(request, (error) => error !== null && this.abandon());
      else this.abandon();
    });
  }

  /** Sends a signal and waits until the process is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.gone;
  }

  private abandon(): void {
    for (const { reject } of this.pending.values()) reject(new Error('the stand-in ERP does not run'));
    this.pending.clear();
  }
}
