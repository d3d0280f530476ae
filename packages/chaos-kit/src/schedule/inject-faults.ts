import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommands } from '@repo/dev-stack/redis-command';
import type { Installation } from '../installation/installation';
import { pauseProcesses, resumeProcesses, withChildren } from '../installation/signals';
import type { LineMode, TcpLine } from '../installation/tcp-line';
import type { ChaosFault } from './chaos-fault';

const DELAY_MS = 700;

/**
 * Does what a schedule says, from now on. Faults of one target wait for one another, so that each does what its name says.
 * Resolves when the last one is over; a fault that could not be done is a failure of the kit, and is thrown then.
 */
export async function injectFaults(installation: Installation, schedule: readonly ChaosFault[]): Promise<void> {
  const start = performance.now();
  const last = new Map<string, Promise<void>>();
  for (const fault of schedule) {
    const key = lineFault(fault) ? `${fault.target} ${fault.fault.split('_')[0]}` : fault.target;
    const before = last.get(key) ?? Promise.resolve();
    last.set(
      key,
      before.then(async () => {
        await sleep(Math.max(0, start + fault.atMs - performance.now()));
        await inject(installation, fault);
      }),
    );
  }
  const ends = await Promise.allSettled(last.values());
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  if (failures.length > 0) throw new AggregateError(failures, `faults could not be injected: ${failures.map(String).join('; ')}`);
}

function lineFault({ fault }: ChaosFault): boolean {
  return /^(line|polls|callbacks)_/.test(fault);
}

async function inject(installation: Installation, { fault, target, forMs }: ChaosFault): Promise<void> {
  const { redis, postgres } = installation;
  switch (fault) {
    case 'kill':
      return killAndStart(installation, target, forMs);
    case 'pause': {
      const process = target.startsWith('erp-') ? installation.erp(target) : installation.fleet.named(target);
      process.pause();
      await sleep(forMs);
      process.resume();
      return;
    }
    case 'redis_flush':
      await redisCommands(redis.url, [['FLUSHALL']]);
      return;
    case 'redis_flush_waiting':
      return flushWaiting(installation, forMs);
    case 'redis_stop':
      await redis.stop();
      await sleep(forMs);
      return redis.restart();
    case 'redis_restart':
      return redis.restart();
    case 'redis_pause':
      redis.pause();
      await sleep(forMs);
      redis.resume();
      return;
    case 'postgres_crash':
      await postgres.stop('immediate');
      await sleep(forMs);
      return postgres.restart();
    case 'postgres_pause': {
      const processes = withChildren(postgres.pid);
      pauseProcesses(processes);
      await sleep(forMs);
      resumeProcesses(processes, [postgres.pid]);
      return;
    }
    default: {
      const { line, pollLines, callbackLines } = installation.erp(target);
      const lines = fault.startsWith('line_') ? [line] : fault.startsWith('polls_') ? pollLines : callbackLines;
      await setAll(lines, modeOf(fault));
      await sleep(forMs);
      await setAll(lines, { kind: 'open' });
    }
  }
}

async function flushWaiting({ fleet, redis }: Installation, forMs: number): Promise<void> {
  const working = fleet.processes.filter(({ role }) => role === 'worker' || role === 'all');
  for (const process of working) process.pause();
  await sleep(forMs);
  await redisCommands(redis.url, [['FLUSHALL']]);
  for (const process of working) process.resume();
}

/** A hub's process may be killed again while it still starts. */
async function killAndStart(installation: Installation, target: string, forMs: number): Promise<void> {
  if (target.startsWith('erp-')) {
    const { erp } = installation.erp(target);
    await erp.kill();
    await sleep(forMs);
    return erp.start();
  }
  const hub = installation.fleet.named(target);
  await hub.kill();
  await sleep(forMs);
  hub.launch();
}

async function setAll(lines: readonly TcpLine[], mode: LineMode): Promise<void> {
  await Promise.all(lines.map((line) => line.set(mode)));
}

function modeOf(fault: ChaosFault['fault']): LineMode {
  if (fault.endsWith('_cut')) return { kind: 'cut' };
  if (fault.endsWith('_blackhole')) return { kind: 'blackhole' };
  if (fault.endsWith('_delay')) return { kind: 'delay', ms: DELAY_MS };
  return { kind: 'lose_replies' };
}
