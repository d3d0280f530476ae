const MOST_SECONDS = 3600;
/** At once would be again and again, since waiting spends no try. */
const LEAST_SECONDS = 1;
/** The one form of a date that may be sent; the two obsolete ones are not read. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** `Retry-After` in whole seconds from `now`, 1 to 3600; undefined when it is absent, repeated or says nothing. */
export function readRetryAfter(value: string | string[] | undefined, now: Date): number | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return bounded(Number(text));
  const at = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  return bounded(Math.ceil((at - now.getTime()) / 1000));
}

function bounded(seconds: number): number {
  return Math.min(Math.max(seconds, LEAST_SECONDS), MOST_SECONDS);
}
