import type { BreakerStatus } from './breaker-policy';

/** A breaker as it is read: its status, and how long a trial is out. */
export interface ReadBreaker extends BreakerStatus {
  /** When the call that tries is taken to have died; null when none does. */
  trialUntil: Date | null;
}

/** What the fields of a breaker in Redis say at a time; `oldest`: what starts then or earlier does not count any more. */
export function readBreaker(fields: Readonly<Record<string, string>>, now: number, oldest: number): ReadBreaker {
  const counts = { c: 0, f: 0 };
  for (const [field, value] of Object.entries(fields)) {
    const [, kind, start] = /^([cf])(\d+)$/.exec(field) ?? [];
    if ((kind === 'c' || kind === 'f') && Number(start) > oldest) counts[kind] += Number(value);
  }
  const openUntil = timeOf(fields['open_until']);
  const trialUntil = timeOf(fields['trial_until']);
  const state = openUntil === null ? 'closed' : openUntil.getTime() > now ? 'open' : 'half_open';
  const trying = state === 'half_open' && trialUntil !== null && trialUntil.getTime() > now;
  return { state, openUntil, failures: counts.f, calls: counts.c, trialUntil: trying ? trialUntil : null };
}

function timeOf(value: string | undefined): Date | null {
  return value === undefined ? null : new Date(Number(value));
}
