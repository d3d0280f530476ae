import { SeededRandom } from '../random';

/** Something that makes an ERP and the hub differ, or brings them in step. Rows are numbers: the first half of them stays in the ERP. */
export type DriftAct = { atMs: number } & (
  | { act: 'push'; rows: number[] }
  /** Changed in the ERP, and the batch is lost on the way. */
  | { act: 'lose'; rows: number[] }
  | { act: 'remove'; rows: number[] }
  /** Another machine of the vendor pushes old rows, with a clock that is ahead. */
  | { act: 'push_old'; rows: number[] }
  | { act: 'tamper'; rows: number[]; how: TamperKind }
  /** Everything is sent and committed, or given up in the middle. */
  | { act: 'snapshot'; committed: boolean }
  | { act: 'compare' }
  /** The agent is gone for a while; the ERP's rows are not. */
  | { act: 'agent_down'; forMs: number }
  | { act: 'line'; mode: 'cut' | 'blackhole' | 'delay' | 'lose_replies'; side: 'to_agent' | 'to_hub'; forMs: number }
);
/** What somebody does to rows in the database, behind the hub's back. */
export const TAMPER_KINDS = ['hash', 'digest', 'place', 'delete', 'undelete'] as const;
export type TamperKind = (typeof TAMPER_KINDS)[number];

export interface DrawActsOptions {
  acts: number;
  /** How many rows a vendor has to begin with. */
  rows: number;
  withinMs: number;
  longestMs: number;
}

const MOST_ROWS = 15;
/** Each as often as it is named. */
const MENU = [
  'push',
  'push',
  'push',
  'lose',
  'lose',
  'remove',
  'push_old',
  'tamper',
  'tamper',
  'snapshot',
  'compare',
  'agent_down',
  'line',
] as const;

/** Rows below this number are in the ERP all the time. */
export const stableRows = (rows: number): number => Math.floor(rows / 2);

/** Draws what happens to a vendor, in the order of time; the same seed and options draw the same. */
export function drawActs(seed: string, { acts, rows, withinMs, longestMs }: DrawActsOptions): DriftAct[] {
  const random = new SeededRandom(seed).fork('drift');
  const stable = stableRows(rows);
  const some = (from: number) => Array.from({ length: random.int(1, MOST_ROWS) }, () => random.int(from, rows - 1));
  const drawn: DriftAct[] = [];
  let round: (typeof MENU)[number][] = [];
  while (drawn.length < acts) {
    if (round.length === 0) round = random.shuffled(MENU);
    const atMs = random.int(0, withinMs);
    const act = round.pop() as (typeof MENU)[number];
    switch (act) {
      case 'push':
      case 'lose':
      case 'push_old':
        drawn.push({ atMs, act, rows: some(0) });
        break;
      case 'remove':
        drawn.push({ atMs, act, rows: some(stable) });
        break;
      case 'tamper':
        drawn.push({ atMs, act, rows: some(0), how: random.pick(TAMPER_KINDS) });
        break;
      case 'snapshot':
        drawn.push({ atMs, act, committed: random.chance(0.7) });
        break;
      case 'compare':
        drawn.push({ atMs, act });
        break;
      case 'agent_down':
        drawn.push({ atMs, act, forMs: random.int(0, longestMs) });
        break;
      case 'line': {
        const mode = random.pick(['cut', 'blackhole', 'delay', 'lose_replies'] as const);
        drawn.push({
          atMs,
          act,
          mode,
          side: random.pick(['to_agent', 'to_hub'] as const),
          forMs: random.int(300, Math.max(300, longestMs)),
        });
      }
    }
  }
  return drawn.sort((a, b) => a.atMs - b.atMs);
}
