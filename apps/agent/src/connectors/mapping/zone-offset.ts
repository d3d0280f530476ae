const QUARTER = 15 * 60_000;
const HALF_DAY = 12 * 3_600_000;
const MOST_KEPT = 10_000;
const FIXED = /^([+-])(\d{2}):?(\d{2})$/;

/** Turns wall-clock time of a zone (as if it were UTC, milliseconds since 1970) into the instant it names. */
export type ZoneClock = (wallClock: number) => number;

/** Whether this names a zone: `local`, `UTC`, an offset such as `+02:00`, or an IANA name. */
export function isZone(zone: string): boolean {
  if (zone === 'local' || zone === 'UTC' || FIXED.test(zone)) return true;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The clock of a zone. An hour that the autumn has twice is taken the first time, one that the spring leaves out as if the
 * clock had not been changed yet.
 */
export function zoneClock(zone: string): ZoneClock {
  if (zone === 'UTC') return (wallClock) => wallClock;
  const fixed = FIXED.exec(zone);
  if (fixed !== null) {
    const offset = (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000;
    return (wallClock) => wallClock - offset;
  }
  const offsetAt = offsets(zone === 'local' ? undefined : zone);
  return (wallClock) => {
    const before = offsetAt(wallClock - HALF_DAY);
    const after = offsetAt(wallClock + HALF_DAY);
    for (const offset of before >= after ? [before, after] : [after, before]) {
      if (offsetAt(wallClock - offset) === offset) return wallClock - offset;
    }
    return wallClock - before;
  };
}

/** The offset of a zone at an instant. Clocks change on a quarter of an hour, so one answer serves for the whole of it. */
function offsets(timeZone: string | undefined): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const kept = new Map<number, number>();
  return (instant) => {
    const quarter = Math.floor(instant / QUARTER);
    const known = kept.get(quarter);
    if (known !== undefined) return known;
    const at = quarter * QUARTER;
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const wall = Date.UTC(part['year'] ?? 0, (part['month'] ?? 1) - 1, part['day'], part['hour'], part['minute'], part['second']);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(quarter, wall - at);
    return wall - at;
  };
}
