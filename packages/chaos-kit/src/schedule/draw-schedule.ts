import { SeededRandom } from '../random';
import type { ChaosFault, ChaosKind, ChaosTransport } from './chaos-fault';
import { faultMenu, type Targets } from './fault-menu';

export interface ScheduleOptions {
  kind: ChaosKind;
  transport: ChaosTransport;
  targets: Targets;
  /** How many faults. */
  faults: number;
  /** The time in which they begin, in milliseconds. */
  withinMs: number;
  /** No fault lasts longer. */
  longestMs: number;
}

/**
 * Draws when what is broken for how long; the same seed and options give the same schedule. Once through the whole menu of
 * the kind before anything comes twice, in the order of time.
 */
export function drawSchedule(seed: string, { kind, transport, targets, faults, withinMs, longestMs }: ScheduleOptions): ChaosFault[] {
  const random = new SeededRandom(seed).fork('schedule');
  const menu = faultMenu(kind, transport, targets, longestMs);
  const drawn: ChaosFault[] = [];
  let round: typeof menu = [];
  while (drawn.length < faults) {
    if (round.length === 0) round = random.shuffled(menu);
    const { fault, targets: among, forMs } = round.pop() as (typeof menu)[number];
    drawn.push({ fault, target: random.pick(among), atMs: random.int(0, withinMs), forMs: random.int(...forMs) });
  }
  return drawn.sort((a, b) => a.atMs - b.atMs);
}
