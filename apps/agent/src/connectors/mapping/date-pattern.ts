/** The parts of a date as text, so that no digit of a second is lost. */
export interface DateParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Digits behind the point of the second. */
  fraction: string;
  /** `Z` or an offset, where the text has one. */
  zone: string | undefined;
}

/** Takes a text apart; undefined when it does not have the form. */
export type DatePattern = (text: string) => DateParts | undefined;

const TOKENS: Readonly<Record<string, string>> = {
  yyyy: '(?<year>\\d{4})',
  yy: '(?<shortYear>\\d{2})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  dd: '(?<day>\\d{2})',
  d: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
  SSS: '(?<fraction>\\d{1,9})',
};
const TOKEN = /yyyy|yy|MM|M|dd|d|HH|H|mm|ss|SSS|[A-Za-z]+|[^A-Za-z]/g;
const ISO_FORM =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[T ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)? ?(?<zone>Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** ISO 8601, and what databases make of it: a blank for the `T`, an offset of hours alone, no offset. */
export const isoPattern: DatePattern = (text) => partsOf(ISO_FORM.exec(text));

/** A pattern such as `dd/MM/yyyy HH:mm`; undefined when it is none: unknown letters, or year, month or day missing or twice. */
export function datePattern(pattern: string): DatePattern | undefined {
  let source = '';
  for (const [token] of pattern.matchAll(TOKEN)) {
    if (/^[A-Za-z]/.test(token) && token !== 'T' && TOKENS[token] === undefined) return undefined;
    source += TOKENS[token] ?? token.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  }
  const names = [...source.matchAll(/\?<(\w+)>/g)].map(([, name]) => (name === 'shortYear' ? 'year' : name));
  if (new Set(names).size !== names.length || !['year', 'month', 'day'].every((name) => names.includes(name))) return undefined;
  const form = new RegExp(`^${source}$`);
  return (text) => partsOf(form.exec(text));
}

function partsOf(match: RegExpExecArray | null): DateParts | undefined {
  const found = match?.groups;
  if (found === undefined) return undefined;
  const number = (name: string) => Number(found[name] ?? 0);
  // As databases and spreadsheets do: 69 is 2069, 70 is 1970.
  const short = number('shortYear');
  const year = found['year'] === undefined ? short + (short < 70 ? 2000 : 1900) : number('year');
  return {
    year,
    month: number('month'),
    day: number('day'),
    hour: number('hour'),
    minute: number('minute'),
    second: number('second'),
    fraction: found['fraction'] ?? '',
    zone: found['zone'],
  };
}
