/** `30,000` */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** `0.42 s`, `12.3 s`, or `2 min 5 s` from a minute on. */
export function duration(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9_950 ? 2 : 1)} s`;
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Rows a second, `14,200`: three digits that mean something. */
export function rate(rows: number, ms: number): string {
  const perSecond = ms > 0 ? (rows / ms) * 1000 : 0;
  return count(perSecond < 1 ? Math.ceil(perSecond) : Number(perSecond.toPrecision(3)));
}

/** `5.7 MB`, in powers of ten. */
export function size(bytes: number): string {
  return bytes < 1_000_000 ? `${count(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `1 row`, `2 rows` */
export function plural(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}
