import { z } from 'zod';
import { datePattern, isoPattern, type DateParts, type DatePattern } from './date-pattern';
import { shown, Unreadable } from './reading';
import { isZone, zoneClock, type ZoneClock } from './zone-offset';

/** How a source writes points in time. */
export const TimeFormat = z.strictObject(
  {
    format: z
      .string()
      .refine((format) => ['iso', 'unix', 'unixMillis'].includes(format) || datePattern(format) !== undefined, {
        error: 'must be "iso", "unix", "unixMillis", or a pattern of yyyy yy MM M dd d HH H mm ss SSS such as "dd/MM/yyyy HH:mm"',
      })
      .default('iso'),
    zone: z
      .string()
      .refine(isZone, { error: 'must be "local", "UTC", an offset such as "+02:00", or a name such as "Europe/Paris"' })
      .default('local'),
  },
  { error: 'must be an object such as { "format": "dd/MM/yyyy", "zone": "Europe/Paris" }' },
);
export type TimeFormat = z.infer<typeof TimeFormat>;

/** Reads a time into ISO 8601, UTC, with as many digits of a second as it has, at most six. */
export type TimeReader = (value: unknown) => string | Unreadable;

/** A reader of times written so. What has no offset of its own is of `zone`; a date alone is its midnight. */
export function timeReader({ format, zone }: TimeFormat): TimeReader {
  if (format === 'unix') return (value) => fromNumber(value, 1000);
  if (format === 'unixMillis') return (value) => fromNumber(value, 1);
  const pattern: DatePattern = format === 'iso' ? isoPattern : (datePattern(format) ?? isoPattern);
  const clock = zoneClock(zone);
  const expected = format === 'iso' ? 'an ISO 8601 time: say in time.format how it is written' : `a time written as ${format}`;
  return (value) => {
    const parts = pattern(String(value).trim());
    if (parts === undefined) return new Unreadable(`${shown(value)} is not ${expected}`);
    return toIso(parts, clock) ?? new Unreadable(`${shown(value)} is on no calendar`);
  };
}

function fromNumber(value: unknown, unit: number): string | Unreadable {
  const text = String(value).trim();
  const instant = /^-?\d{1,14}$/.test(text) ? Number(text) * unit : Number.NaN;
  if (!(Math.abs(instant) < 8e15)) return new Unreadable(`${shown(value)} is no ${unit === 1 ? 'milliseconds' : 'seconds'} since 1970`);
  return new Date(instant).toISOString();
}

function toIso({ year, month, day, hour, minute, second, fraction, zone }: DateParts, clock: ZoneClock): string | undefined {
  const wallClock = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(wallClock);
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!real || year < 1000 || hour > 23 || minute > 59 || second > 59) return undefined;
  const instant = zone === undefined ? clock(wallClock) : wallClock - offsetOf(zone);
  const seconds = new Date(instant).toISOString().slice(0, -5);
  const digits = fraction.slice(0, 6).replace(/0+$/, '');
  return `${seconds}${digits === '' ? '' : `.${digits}`}Z`;
}

function offsetOf(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || 0);
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
