import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/**
 * Looks until there is something else than undefined and false, and gives it; undefined when there is nothing within `limitMs`.
 * @throws the reason of the signal, once it is aborted
 */
export async function awaitThat<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  { limitMs, signal }: { limitMs: number; signal: AbortSignal },
): Promise<T | undefined> {
  const end = performance.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) return undefined;
    await sleep(LOOK_EVERY_MS);
  }
}

/** What work gives, or the end that was asked for meanwhile. @throws the reason of the signal */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
