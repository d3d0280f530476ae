import type { PreparedRows } from './prepare-rows';
import type { Outcome } from './tally';

/** Outcomes of a key that comes twice in one pass: the second row meets the first. */
const MEETING_ITSELF: ReadonlySet<Outcome> = new Set<Outcome>(['superseded', 'updated', 'unchanged', 'stale']);

/** What is wrong with the outcomes of a push, in words; undefined when all is as it has to be. */
export type Fault = string | undefined;

/**
 * Checks a push into a hub that had nothing of this vendor: every row is created, refused for what it is itself, or meets
 * another row of its key. `flawless` rows are all created.
 */
export function faultOfFirst(prepared: PreparedRows, outcomes: readonly Outcome[][], flawless: boolean): Fault {
  return firstFault(prepared, (key, place, row) => {
    const outcome = outcomes[place]?.[row];
    if (flawless) return outcome === 'created' ? undefined : `${outcome} instead of created`;
    const fine =
      outcome === 'created' ||
      (outcome !== undefined && (isRefusal(outcome) || (isRepeated(prepared, key) && MEETING_ITSELF.has(outcome))));
    return fine ? undefined : `${outcome}, although nothing of it was there`;
  });
}

/**
 * Checks that the same rows, pushed again, change nothing: what was written is unchanged, what was refused is refused for the
 * same reason. Only rows of a key that comes more than once may take turns again.
 */
export function faultOfRepeat(prepared: PreparedRows, first: readonly Outcome[][], second: readonly Outcome[][]): Fault {
  return firstFault(prepared, (key, place, row) => {
    const before = first[place]?.[row];
    const now = second[place]?.[row];
    if (now === undefined || before === undefined) return 'no verdict';
    if (isRefusal(before) ? now === before : now === 'unchanged') return undefined;
    if (isRepeated(prepared, key) && MEETING_ITSELF.has(now)) return undefined;
    return `${now} the second time, ${before} the first`;
  });
}

function firstFault({ entity, batches }: PreparedRows, check: (key: string | null, place: number, row: number) => Fault): Fault {
  for (const [place, { keys }] of batches.entries()) {
    for (const [row, key] of keys.entries()) {
      const fault = check(key, place, row);
      if (fault !== undefined) return `${entity} row ${JSON.stringify(key)} was ${fault}`;
    }
  }
  return undefined;
}

/** Failures that lie in the row itself or in what is missing around it. */
function isRefusal(outcome: Outcome): boolean {
  return !['created', 'updated', 'restored', 'unchanged', 'superseded', 'stale'].includes(outcome);
}

function isRepeated(prepared: PreparedRows, key: string | null): boolean {
  return key !== null && prepared.repeated.has(key);
}
