import type { ChaosKind, ChaosTransport, FaultName } from './chaos-fault';

/** What there is to be broken. */
export interface Targets {
  /** Names of the hub's processes by role: `api`, `worker`, `scheduler`, `all`. */
  hubs: Readonly<Record<string, readonly string[]>>;
  erps: readonly string[];
}

/** One entry of what a schedule is drawn from. */
export interface MenuEntry {
  fault: FaultName;
  targets: readonly string[];
  /** Bounds of how long it lasts, in milliseconds. */
  forMs: readonly [number, number];
}

/** Longer than a lease: a worker that wakes after this has lost its job to another one. */
const BEYOND_A_LEASE_MS = 7_500;

const PUSH_LINES = ['line_cut', 'line_blackhole', 'line_delay', 'line_lose_replies'] as const;
const PULL_LINES = ['polls_cut', 'polls_blackhole', 'polls_delay', 'polls_lose_replies'] as const;
const CALLBACK_LINES = ['callbacks_cut', 'callbacks_delay', 'callbacks_lose_replies'] as const;
const LINES: Record<ChaosTransport, readonly FaultName[]> = {
  push: [...PUSH_LINES, ...CALLBACK_LINES],
  pull: [...PULL_LINES, ...CALLBACK_LINES],
  mixed: [...PUSH_LINES, ...PULL_LINES, ...CALLBACK_LINES],
};

/** The faults of a kind where agents are reached like this. `longestMs` cuts all of them short, for runs that have to be quick. */
export function faultMenu(kind: ChaosKind, transport: ChaosTransport, { hubs, erps }: Targets, longestMs: number): MenuEntry[] {
  const entry = (fault: FaultName, targets: readonly string[], least: number, most: number): MenuEntry => ({
    fault,
    targets,
    forMs: [Math.min(least, longestMs), Math.min(most, longestMs)],
  });
  const processes = Object.values(hubs).flat();
  // One entry a role, so that a schedule that goes through the menu has met every role.
  const kills = Object.values(hubs).map((names) => entry('kill', names, 0, 3_000));
  const menus: Record<Exclude<ChaosKind, 'mixed'>, MenuEntry[]> = {
    kills: [...kills, entry('kill', erps, 0, 2_000), entry('pause', processes, 500, BEYOND_A_LEASE_MS), entry('pause', erps, 500, 3_000)],
    redis: [
      entry('redis_flush', ['redis'], 0, 0),
      entry('redis_flush_waiting', ['redis'], 400, 900),
      entry('redis_stop', ['redis'], 500, 10_000),
      entry('redis_restart', ['redis'], 0, 0),
      entry('redis_pause', ['redis'], 500, 4_000),
    ],
    postgres: [entry('postgres_crash', ['postgres'], 0, 4_000), entry('postgres_pause', ['postgres'], 500, 5_000)],
    network: LINES[transport].map((fault) => entry(fault, erps, 300, 4_000)),
  };
  if (kind !== 'mixed') return menus[kind].filter(({ targets }) => targets.length > 0);
  return Object.values(menus)
    .flat()
    .filter(({ targets }) => targets.length > 0);
}
