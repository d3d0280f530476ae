const ISO = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?(Z|[+-]\d{2}:?\d{2})$/i;

/**
 * Microseconds since 1970 of an ISO 8601 time with offset, exact to the microsecond (finer digits are cut);
 * `undefined` when it is none. Microseconds because that is what PostgreSQL keeps: two times that differ there
 * must differ here, too. Exact until the year 2255.
 */
export function microsOf(iso: string): number | undefined {
  const match = ISO.exec(iso);
  if (match === null) return undefined;
  const [, seconds = '', fraction = '', zone = ''] = match;
  const millis = Date.parse(seconds + zone.toUpperCase());
  if (Number.isNaN(millis)) return undefined;
  return millis * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

/** The ISO 8601 text (UTC, six digits) of microseconds since 1970. */
export function isoOfMicros(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const rest = micros - seconds * 1_000_000;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(rest).padStart(6, '0')}Z`;
}
