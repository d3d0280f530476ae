import { SourceError } from '../connector';

/** What the column is that says when a row was changed. */
export type ChangeKind = 'time' | 'unixSeconds' | 'unixMilliseconds' | 'counter';

const TIME = /^(\d{4})-(\d{2})-(\d{2})(?:([T ])(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/;
const NUMBER = /^-?\d{1,30}$/;
const NANOS = 1_000_000_000n;

/** The value on a line on which later is more: nanoseconds of the clock on the wall, or the number. @throws SourceError */
function scale(value: string, kind: ChangeKind): bigint {
  if (kind !== 'time') {
    if (!NUMBER.test(value))
      throw new SourceError(`the column of changes holds "${value}", which is no whole number: correct changedAt.as`, false);
    return BigInt(value);
  }
  const match = TIME.exec(value);
  if (match === null)
    throw new SourceError(`the column of changes holds "${value}", which is no time: correct changedAt.as or the query`, false);
  const [, year, month, day, , hour = '0', minute = '0', second = '0', fraction = ''] = match;
  const millis = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return BigInt(millis) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** Negative when `a` is earlier. */
export function compareChanges(a: string, b: string, kind: ChangeKind): number {
  const difference = scale(a, kind) - scale(b, kind);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/**
 * A value that much earlier, written the way this one is: databases compare times that are text letter by letter. `overlap` is in
 * seconds, for a counter in its own steps.
 */
export function moveBack(value: string, kind: ChangeKind, overlap: number): string {
  const at = scale(value, kind);
  if (kind !== 'time') return String(at - BigInt(Math.ceil(overlap)) * (kind === 'unixMilliseconds' ? 1000n : 1n));
  const earlier = at - (BigInt(Math.ceil(overlap * 1000)) * NANOS) / 1000n;
  const [, , , , between, hour, , second, fraction = '', zone = ''] = TIME.exec(value) ?? [];
  const whole = new Date(Number(earlier / 1_000_000n)).toISOString();
  const nanos = String(((earlier % NANOS) + NANOS) % NANOS).padStart(9, '0');
  const time = hour === undefined ? '' : `${between ?? 'T'}${whole.slice(11, second === undefined ? 16 : 19)}`;
  return `${whole.slice(0, 10)}${time}${fraction === '' ? '' : `.${nanos.slice(0, fraction.length)}`}${zone}`;
}
