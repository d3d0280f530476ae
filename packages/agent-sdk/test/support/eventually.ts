import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 10_000;

/** Asks until `look` gives something other than undefined or false, or fails with what was waited for. */
export async function eventually<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen as NonNullable<Exclude<T, false>>;
    if (Date.now() > deadline) throw new Error(`not within ${WITHIN_MS / 1000} s: ${what}`);
    await sleep(3);
  }
}
