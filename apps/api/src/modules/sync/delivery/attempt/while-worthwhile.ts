import { isDatabaseUnavailable, isWorthRepeating } from '@repo/shared/database/database-errors';

const PAUSE_MS = 200;

/**
 * Repeats a compare-and-set that PostgreSQL could not do at the moment (it restarts, or two transactions met) for as long as
 * it can still win; then the failure is thrown, and whoever finds the lease expired asks what came of the call.
 */
export async function whileWorthwhile<T>(forMs: number, write: () => Promise<T>): Promise<T> {
  const end = Date.now() + forMs;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!(isDatabaseUnavailable(error) || isWorthRepeating(error)) || Date.now() + PAUSE_MS >= end) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
