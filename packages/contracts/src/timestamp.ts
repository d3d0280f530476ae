const ISO = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?(Z|[+-]\d{2}:?\d{2})$/i;

/**
 * Microseconds since 1970 of an ISO 8601 time with offset, exact to the microsecond (finer digits are cut);
 * `undefined` when it is none. Microseconds because that is what PostgreSQL keeps: two times that differ there
 * must differ here, too. Exact until the year 2255.
 */
export function microsOf(iso: string): number | undefined {
  return plainMicros(iso) ?? microsOfAny(iso);
}

function microsOfAny(iso: string): number | undefined {
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

const PLAIN = '0000-00-00T00:00:00';
const DIGIT_PLACES = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18];
/** Of each month, January at 1. */
const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAY_MICROS = 86_400_000_000;

/**
 * The same for the plainest form, which most times have: `2026-01-31T08:30:00Z`, with up to six more digits, of the years
 * 1970 to 9998, a leap day excepted. Undefined for every other form: no verdict, only no short cut.
 */
export function plainMicros(iso: string): number | undefined {
  const { length } = iso;
  if (length < 20 || length > 27 || length === 21 || iso.charCodeAt(length - 1) !== 0x5a) return undefined;
  for (const place of DIGIT_PLACES) if (!isDigit(iso.charCodeAt(place))) return undefined;
  for (const place of [4, 7, 10, 13, 16]) if (iso.charCodeAt(place) !== PLAIN.charCodeAt(place)) return undefined;
  const year = two(iso, 0) * 100 + two(iso, 2);
  const [month, day, hour, minute, second] = [two(iso, 5), two(iso, 8), two(iso, 11), two(iso, 14), two(iso, 17)];
  if (year < 1970 || year > 9998 || month < 1 || month > 12 || day < 1 || day > (DAYS[month] ?? 0)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  let fraction = 0;
  if (length > 20) {
    if (iso.charCodeAt(19) !== 0x2e) return undefined;
    for (let place = 20; place < 26; place++) {
      const code = place < length - 1 ? iso.charCodeAt(place) : 0x30;
      if (!isDigit(code)) return undefined;
      fraction = fraction * 10 + code - 0x30;
    }
  }
  return daysSince1970(year, month, day) * DAY_MICROS + ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction;
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
const two = (text: string, at: number) => (text.charCodeAt(at) - 0x30) * 10 + text.charCodeAt(at + 1) - 0x30;

/** Days of the Gregorian calendar; years counted from March, so that the leap day is the last of its year. */
function daysSince1970(year: number, month: number, day: number): number {
  const from = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return from * 365 + Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400) + dayOfYear - 719_468;
}
