import path from 'node:path';
import { freePort } from '@repo/dev-stack/ports';
import { HubProcess, type HubRole, type UnexpectedExit } from './hub-process';

/** How many processes of each role. */
export type FleetSizes = Partial<Record<HubRole, number>>;

export const DEFAULT_FLEET: FleetSizes = { api: 2, worker: 3, scheduler: 2 };

/** All processes of one hub. */
export class HubFleet {
  private constructor(readonly processes: readonly HubProcess[]) {}

  /** Starts them: a scheduler first, which migrates the database and leads, and then all others at once. */
  static async start(sizes: FleetSizes, env: Readonly<Record<string, string>>, logFolder: string): Promise<HubFleet> {
    const processes: HubProcess[] = [];
    // None of them listens yet, so that the same port could come twice.
    const ports = new Set<number>();
    for (const role of ['scheduler', 'all', 'api', 'worker'] as const) {
      for (let number = 1; number <= (sizes[role] ?? 0); number += 1) {
        const name = `${role}-${number}`;
        let port = await freePort();
        while (ports.has(port)) port = await freePort();
        ports.add(port);
        processes.push(new HubProcess(name, role, port, env, path.join(logFolder, `${name}.jsonl`)));
      }
    }
    const fleet = new HubFleet(processes);
    try {
      await processes[0]?.untilReady();
      await fleet.untilReady();
      return fleet;
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  /** @throws Error when there is none of that name */
  named(name: string): HubProcess {
    const found = this.processes.find((process) => process.name === name);
    if (found === undefined) throw new Error(`there is no process ${name}`);
    return found;
  }

  /** Those that clients and agents talk to. */
  get serving(): readonly HubProcess[] {
    return this.processes.filter(({ role }) => role === 'all' || role === 'api');
  }

  /** Names by role, as schedules want them. */
  get namesByRole(): Record<string, string[]> {
    const names: Record<string, string[]> = {};
    for (const { role, name } of this.processes) (names[role] ??= []).push(name);
    return names;
  }

  get unexpectedExits(): UnexpectedExit[] {
    return this.processes.flatMap((process) => process.unexpectedExits);
  }

  /** Lets all that are stopped go on, starts what is down, and waits until everything serves. */
  async untilReady(): Promise<void> {
    for (const process of this.processes) process.resume();
    await Promise.all(this.processes.map((process) => process.untilReady()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop()));
  }
}
